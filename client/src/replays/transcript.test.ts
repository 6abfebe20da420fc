import { describe, expect, it } from "vitest";
import { readAt, type Words } from "./transcript";

const from = (fromMs: number): Words => ({ fromMs, untilMs: fromMs + 500, name: "Ann", text: "…" });

describe("the transcript of a replay", () => {
  it("shows what was said last, also in the pause after it", () => {
    const words = [from(1000), from(4000)];
    expect(readAt(words, 500)).toBe(-1);
    expect(readAt(words, 1000)).toBe(0);
    expect(readAt(words, 3000)).toBe(0);
    expect(readAt(words, 9000)).toBe(1);
    expect(readAt([], 0)).toBe(-1);
  });
});

import { describe, expect, it } from "vitest";
import { down, up } from "./push-to-talk";

describe("the space bar on the microphone button", () => {
  it("talks while it is held", () => {
    const { press, tap } = down(true, 0);
    expect(tap).toBe(true);
    expect(up(press, 2000)).toBe(true);
  });
  it("switches on by a short press", () => {
    const { press, tap } = down(true, 0);
    expect([tap, up(press, 120)]).toEqual([true, false]);
  });
  it("switches off by a short press", () => {
    const { press, tap } = down(false, 0);
    expect([tap, up(press, 120)]).toEqual([false, true]);
  });
  it("leaves an open microphone open when it is held", () => {
    const { press, tap } = down(false, 0);
    expect([tap, up(press, 2000)]).toEqual([false, false]);
  });
});

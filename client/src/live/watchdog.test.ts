import { describe, expect, it } from "vitest";
import { isStalled, look, watch } from "./watchdog";

/** Looks every 250 ms for `ms`, with `packets` per look. */
function looked(ms: number, packets: number, talking: boolean, every = 250) {
  let dog = look(watch(0), 100, true, 0);
  for (let now = every; now <= ms; now += every) dog = look(dog, 100 + (packets * now) / every, talking, now);
  return dog;
}

describe("the watchdog", () => {
  it("barks when somebody talks and nothing comes for a second and a half", () => {
    expect(isStalled(looked(1250, 0, true))).toBe(false);
    expect(isStalled(looked(1500, 0, true))).toBe(true);
  });
  it("is quiet while packets come", () => {
    expect(isStalled(looked(5000, 12, true))).toBe(false);
  });
  it("is quiet while nobody talks", () => {
    expect(isStalled(looked(5000, 0, false))).toBe(false);
  });
  it("does not trust a look after a sleep", () => {
    expect(isStalled(looked(9000, 0, true, 3000))).toBe(false);
  });
});

import { describe, expect, test } from "vitest";
import { across, area, line, named, rungs } from "./chart";

const FRAME = { width: 100, height: 50 };

describe("the lines across", () => {
  test.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [3, [0, 1, 2, 3]],
    [7, [0, 2, 4, 6, 8]],
    [100, [0, 50, 100]],
    [1284, [0, 500, 1000, 1500]],
  ])("for %i at most are round and whole", (most, expected) => {
    expect(rungs(most)).toEqual(expected);
  });
});

describe("the line", () => {
  test("goes from the first minute to the last", () => {
    expect(line([0, 4, 2], 4, FRAME)).toBe("M0 50L50 0L100 25");
    expect(area([0, 4], 4, FRAME)).toBe("M0 50L100 0V50H0Z");
  });
  test("of a single minute goes from side to side", () => {
    expect(line([2], 4, FRAME)).toBe("M0 25H100");
    expect(across(0, 1, FRAME)).toBe(50);
  });
  test("of nothing is nothing", () => {
    expect(line([], 1, FRAME) + area([], 1, FRAME)).toBe("");
  });
});

describe("the names beneath", () => {
  test.each([
    [0, []],
    [1, [0]],
    [3, [0, 1, 2]],
    [61, [0, 20, 40, 60]],
  ])("of %i points hold the first and the last", (count, expected) => {
    expect(named(count, 4)).toEqual(expected);
  });
});

import { describe, expect, it } from "vitest";
import type { Chapter } from "../wire/replays";
import { chapterAt, clockOf, fewer, seekBy } from "./time";

const chapter = (at_ms: number) => ({ at_ms }) as Chapter;

describe("times within a recording", () => {
  it("are written as a clock", () => {
    expect([0, 61_900, 3_723_000].map(clockOf)).toEqual(["0:00", "1:01", "1:02:03"]);
  });

  it("are drawn by no more columns than there is room for, and no loud moment is lost", () => {
    expect(fewer([1, 9, 2, 3, 8, 4, 7], 3)).toEqual([9, 3, 8]);
    expect(fewer([1, 2], 3)).toEqual([1, 2]);
    expect(fewer([], 3)).toEqual([]);
    expect(
      Math.max(
        ...fewer(
          Array.from({ length: 480 }, (_, at) => (at === 479 ? 100 : 5)),
          97,
        ),
      ),
    ).toBe(100);
  });

  it("belong to the chapter that began last", () => {
    const chapters = [chapter(100), chapter(5000)];
    expect(chapterAt(chapters, 50)).toBeNull();
    expect(chapterAt(chapters, 100)).toBe(chapters[0]);
    expect(chapterAt(chapters, 9000)).toBe(chapters[1]);
  });

  it("are reached by keys, and never outside", () => {
    expect(seekBy("ArrowRight", 1000, 4000)).toBe(4000);
    expect(seekBy("ArrowLeft", 1000, 4000)).toBe(0);
    expect(seekBy("End", 0, 4000)).toBe(4000);
    expect(seekBy("x", 0, 4000)).toBeNull();
  });
});

import { expect, test } from "vitest";
import { ago, count, dayAndTime, isKnown, sameTime } from "./time";

const NOW = Date.parse("2026-11-21T12:00:00.000Z");
const before = (seconds: number) => ago(new Date(NOW - seconds * 1000).toISOString(), NOW, "en", "now");

test.each([
  [0, "now"],
  [59, "now"],
  [60, "1m"],
  [3599, "59m"],
  [3600, "1h"],
  [86_399, "23h"],
  [86_400, "1d"],
  [6 * 86_400, "6d"],
  [10 * 86_400, "Nov 11"],
  [400 * 86_400, "Oct 17, 2025"],
])("%i seconds ago reads %s", (seconds, words) => {
  expect(before(seconds)).toBe(words);
});

test("a clock that goes ahead of ours shows no negative time", () => {
  expect(before(-30)).toBe("now");
});

test("thousands are told whole, tens of thousands in short", () => {
  expect(count(1284, "en")).toBe("1,284");
  expect(count(12_840, "en")).toBe("12.8K");
});

test("a zone that this browser does not know is left out, and breaks no page", () => {
  expect(isKnown("Europe/Istanbul")).toBe(true);
  expect(isKnown("Asia/Atlantis")).toBe(false);
  expect(sameTime("2026-11-21T12:00:00.000Z", "Asia/Atlantis")).toBe(true);
});

test("the host's clocks are shown where they show another time", () => {
  expect(dayAndTime("2026-11-21T23:30:00.000Z", "en", "Asia/Tokyo")).toMatch(/^Sun, Nov 22.* 8:30/u);
});

import { expect, test } from "vitest";
import type { LogEntry } from "../wire/feedback";
import { lasted, logWords, starWords } from "./words";

const entry = (what: LogEntry["what"], more: Partial<LogEntry> = {}): LogEntry => ({
  id: "1",
  at: "2026-11-21T10:00:00.000Z",
  by: null,
  person: null,
  what,
  details: {},
  ...more,
});
const bo = { display_name: "Bo" } as NonNullable<LogEntry["person"]>;

test.each([
  [0, "Under a minute"],
  [59, "Under a minute"],
  [60, "1 min"],
  [3599, "59 min"],
  [3600, "1 h 0 min"],
  [4350, "1 h 12 min"],
])("%d seconds are said as %s", (seconds, words) => {
  expect(lasted(seconds)).toBe(words);
});

test("each star has a word of its own", () => {
  expect(new Set(([1, 2, 3, 4, 5] as const).map(starWords)).size).toBe(5);
});

test.each([
  [entry("muted", { person: bo }), "Muted Bo"],
  [entry("removed"), "Removed somebody"],
  [entry("title", { details: { title: "Tea" } }), "Changed the title: Tea"],
  [entry("title", { details: { title: "" } }), "Took the title away"],
  [entry("locked", { details: { locked: true } }), "Locked the room"],
  [entry("locked", { details: { locked: false } }), "Unlocked the room"],
  [entry("slow_mode", { details: { seconds: 15 } }), "Slow mode: 15 s"],
  [entry("slow_mode", { details: { seconds: 0 } }), "Slow mode off"],
  [entry("policy", { details: { policy: "everyone" } }), "Changed who may speak: Everyone"],
  [entry("ended", { details: { reason: "host" } }), "The Space ended"],
])("a line of the log says what was done to whom: %#", (line, words) => {
  expect(logWords(line)).toBe(words);
});

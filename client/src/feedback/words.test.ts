import { expect, test } from "vitest";
import type { LogEntry, SoundOf } from "../wire/feedback";
import { average, lasted, logWords, soundWords, starWords } from "./words";

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

const WELL: SoundOf = {
  door: "listen",
  sessions: 1,
  failed: 0,
  lasted_s: 120,
  packets: 6000,
  lost: 0,
  repaired: 0,
  worst_loss_per_mille: 0,
  worst_jitter_ms: 0,
};

test("figures that say nothing are left out", () => {
  expect(soundWords(WELL, "en")).toEqual(["2 min", "1 connection", "0% lost"]);
});

test("loss is a share of what was sent to a listener, and of what a speaker sent", () => {
  const bad = { packets: 900, lost: 100, worst_loss_per_mille: 255, failed: 1, sessions: 2 };
  expect(soundWords({ ...WELL, ...bad }, "en")).toContain("11.1% lost");
  expect(soundWords({ ...WELL, ...bad, door: "speak" }, "en")).toContain("10% lost");
  expect(soundWords({ ...WELL, ...bad }, "en")).toContain("at worst 25.5%");
});

test("the average counts each star as often as it was given", () => {
  expect(average([0, 0, 0, 0, 0])).toBeNull();
  expect(average([1, 0, 0, 0, 3])).toBe(4);
});

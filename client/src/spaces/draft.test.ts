import { expect, test } from "vitest";
import { BLANK, fieldTime, timeOf, tomorrow, wishOf } from "./draft";

test("topics are trimmed, and three of them count", () => {
  expect(wishOf({ ...BLANK, title: " Tea ", topics: " a ,, b,c, d" })).toEqual({
    title: "Tea",
    topics: ["a", "b", "c"],
    policy: "invited",
    audience: "public",
    guests: true,
    record: false,
  });
});

test("what a field shows is the moment that is sent", () => {
  const moment = new Date("2026-11-22T10:00:00Z");
  expect(timeOf({ ...BLANK, at: fieldTime(moment) }, "Europe/Istanbul")).toEqual({
    scheduled_start: "2026-11-22T10:00:00.000Z",
    zone: "Europe/Istanbul",
  });
});

test("the first offer is a full hour of the next day", () => {
  const offer = tomorrow(new Date(2026, 10, 30, 23, 40));
  expect([offer.getMonth(), offer.getDate(), offer.getHours(), offer.getMinutes()]).toEqual([11, 2, 0, 0]);
});

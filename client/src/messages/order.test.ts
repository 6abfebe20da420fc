import { expect, test } from "vitest";
import type { Message } from "../wire/shapes";
import { byDay, isAfter, nameOfDay } from "./order";

const at = (day: number, hour: number, minute = 0) => new Date(2026, 4, day, hour, minute).toISOString();
const said = (id: string, created_at: string, mine = false): Message => ({
  id,
  mine,
  created_at,
  text: id,
  deleted: false,
  attached: null,
  attachment: null,
});
const shape = (messages: Message[]) =>
  byDay(messages).map(({ lines }) => lines.map(({ message, ends }) => message.id + (ends ? "." : "")));

test("the newest stands last, and each day begins anew", () => {
  const newestFirst = [said("10", at(3, 9)), said("9", at(2, 23, 59)), said("8", at(2, 8))];
  expect(shape(newestFirst)).toEqual([["8.", "9."], ["10."]]);
});

test("what one person says within a few minutes is a row", () => {
  const messages = [
    said("4", at(2, 8, 12)),
    said("3", at(2, 8, 2)),
    said("2", at(2, 8, 1)),
    said("1", at(2, 8, 0), true),
  ];
  expect(shape(messages)).toEqual([["1.", "2", "3.", "4."]]);
});

test("ids are compared as numbers", () => {
  expect(isAfter("10", "9")).toBe(true);
  expect(isAfter("9", "10")).toBe(false);
});

test.each([
  [at(20, 1), "today"],
  [at(19, 23), "yesterday"],
  [at(18, 23), "Monday, May 18"],
  [new Date(2025, 4, 18).toISOString(), "Sunday, May 18, 2025"],
  // A clock that is ahead says nothing of tomorrow.
  [at(21, 1), "today"],
])("%s is %s", (then, name) => {
  expect(nameOfDay(then, new Date(2026, 4, 20, 12).getTime(), "en-US")).toBe(name);
});

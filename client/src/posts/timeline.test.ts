import { expect, test } from "vitest";
import { goneSince, newerThan } from "./newer";

const ids = (...list: string[]) => list.map((id) => ({ id }));

test.each([
  [ids("3", "2", "1"), ids("3", "2", "1"), 0],
  [ids("3", "2", "1"), ids("5", "4", "3"), 2],
  [ids("3", "2", "1"), ids("2", "1"), 0],
  [ids(), ids("2", "1"), 2],
  [ids("3"), ids("9", "8"), 2],
  [ids("3"), ids(), 0],
])("%j then %j: %i new", (shown, page, count) => {
  expect(newerThan(shown, page)).toBe(count);
});

test.each([
  ["nothing, if all is there", ids("3", "2", "1"), { items: ids("4", "3", "2"), next: "x" }, ids()],
  ["what is missing between others", ids("3", "2", "1"), { items: ids("3", "1"), next: "x" }, ids("2")],
  ["nothing below the end of the page", ids("3", "2", "1"), { items: ids("3", "2"), next: "x" }, ids()],
  [
    "all that is missing from a whole list",
    ids("3", "2", "1"),
    { items: ids("3"), next: null },
    ids("2", "1"),
  ],
  [
    "nothing, if the page has gone past all of them",
    ids("2", "1"),
    { items: ids("9", "8"), next: "x" },
    ids(),
  ],
])("gone is %s", (_, shown, page, gone) => {
  expect(goneSince(shown, page)).toEqual(gone);
});

import { expect, test } from "vitest";
import { newerThan } from "./newer";

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

import { expect, test } from "vitest";
import type { Relation } from "../wire/shapes";
import { readable } from "./readable";

const NONE: Relation = {
  following: false,
  followed_by: false,
  requested: false,
  requested_by: false,
  blocking: false,
  blocked_by: false,
  muting: false,
};

test.each<[boolean, Partial<Relation>, boolean]>([
  [false, {}, true],
  [false, { muting: true }, true],
  [false, { blocking: true }, false],
  [false, { blocked_by: true }, false],
  [true, {}, false],
  [true, { requested: true }, false],
  [true, { followed_by: true }, false],
  [true, { following: true }, true],
])("protected %s, %j: readable %s", (closed, relation, open) => {
  expect(readable({ id: "1", protected: closed, suspended: false }, { ...NONE, ...relation }, "2")).toBe(
    open,
  );
});

test("one always reads oneself", () => {
  expect(readable({ id: "1", protected: true, suspended: false }, NONE, "1")).toBe(true);
});

test("nobody reads an account that is suspended", () => {
  expect(readable({ id: "1", protected: false, suspended: true }, { ...NONE, following: true }, "2")).toBe(
    false,
  );
});

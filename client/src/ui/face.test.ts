import { expect, test } from "vitest";
import { gradient, initials } from "./face";

test.each([
  ["Amara Osei", "AO"],
  ["  rio  ", "R"],
  ["João da Silva Prado", "JP"],
  ["ليلى حداد", "لح"],
  ["👩‍👩‍👧 family", "👩‍👩‍👧F"],
  ["@bo", "B"],
  ["@", "@"],
  ["", ""],
])("%j becomes %j", (name, letters) => {
  expect(initials(name)).toBe(letters);
});

test("a person keeps their colours", () => {
  expect(gradient("1795000000123")).toEqual(gradient("1795000000123"));
});

test("people do not all look alike", () => {
  const looks = new Set(Array.from({ length: 40 }, (_, id) => gradient(String(id)).join()));
  expect(looks.size).toBeGreaterThan(8);
});

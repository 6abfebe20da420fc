import { expect, test } from "vitest";
import { merged, missed, told, understands } from "./captions";
import { Malformed } from "./decode";

const ada = { id: "1", username: "ada", display_name: "Ada", picture_url: null, live_space: null };
const line = (number: number) => ({
  number,
  person: ada,
  text: `phrase ${number}`,
  at: "2026-11-21T10:00:00.000Z",
});
const numbers = (lines: readonly { number: number }[]) => lines.map((one) => one.number);

test("what is told is lines that are over, and what those who talk seem to say", () => {
  const message = {
    lines: [{ ...line(3), of_a_later_node: 1 }],
    interim: [{ person: "1", text: "Good eve" }],
  };
  expect(told(message)).toEqual({ lines: [line(3)], interim: [{ person: "1", text: "Good eve" }] });
  expect(() => told({ lines: [{}], interim: [] })).toThrow(Malformed);
});

test("lines that are told again stand there once, in their order", () => {
  const known = merged([], [line(1), line(2)]);
  expect(numbers(merged(known, [line(2), line(4), line(3)]))).toEqual([1, 2, 3, 4]);
  expect(merged(known, [line(1)])).toBe(known);
});

test("older lines find their place before newer ones", () => {
  expect(numbers(merged([line(7), line(8)], [line(6), line(5)]))).toEqual([5, 6, 7, 8]);
});

test.each([
  [[], [], false],
  [[], [1], false],
  [[], [4], true],
  [[1, 2], [2, 3], false],
  [[1, 2], [3], false],
  [[1, 2], [4, 5], true],
] as const)("of %j known and %j told, something was missed: %s", (known, fresh, gap) => {
  expect(missed(known.map(line), fresh.map(line))).toBe(gap);
});

test("no more is kept than one would scroll through", () => {
  const all = Array.from({ length: 1200 }, (_, index) => line(index + 1));
  const kept = merged([], all);
  expect([kept.length, kept[0]?.number]).toEqual([1000, 201]);
});

test.each([
  ["en", true],
  ["EN-gb", true],
  ["es", false],
  ["", true],
])("captions in English understand %j: %s", (language, understood) => {
  expect(understands(["en"], language)).toBe(understood);
});

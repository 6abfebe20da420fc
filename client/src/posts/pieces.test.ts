import { expect, test } from "vitest";
import { pieces } from "./pieces";

const shape = (text: string) =>
  pieces(text).map((piece) =>
    piece.kind === "plain" ? piece.text : piece.kind === "link" ? `<${piece.href}>` : `@${piece.username}`,
  );

test.each([
  ["nothing in it", ["nothing in it"]],
  ["", []],
  ["with @Amara, of course", ["with ", "@amara", ", of course"]],
  ["write to a@example.org", ["write to a@example.org"]],
  ["@a is too short", ["@a is too short"]],
  ["see https://example.org/a.", ["see ", "<https://example.org/a>", "."]],
  ["(https://example.org/a)", ["(", "<https://example.org/a>", ")"]],
  ["https://example.org/x_(y)", ["<https://example.org/x_(y)>"]],
  ["https://example.org/@amara", ["<https://example.org/@amara>"]],
  ["javascript:alert(1)", ["javascript:alert(1)"]],
  ["http://", ["http://"]],
])("%j", (text, expected) => {
  expect(shape(text)).toEqual(expected);
});

test("no letter is lost", () => {
  const text = "a @bb c\nhttps://example.org/d?e=f#g, @hh!";
  const whole = pieces(text).map((piece) => (piece.kind === "link" ? piece.href : piece.text));
  expect(whole.join("")).toBe(text);
});

test("a long address is shown short", () => {
  const [link] = pieces(`https://www.example.org/${"a".repeat(80)}`);
  expect(link?.text).toHaveLength(42);
  expect(link?.text.startsWith("example.org/")).toBe(true);
});

import { expect, test } from "vitest";
import { pieces } from "./pieces";

const shape = (text: string) =>
  pieces(text).map((piece) =>
    piece.kind === "plain"
      ? piece.text
      : piece.kind === "link"
        ? `<${piece.href}>`
        : piece.kind === "hashtag"
          ? `[${piece.tag}]`
          : `@${piece.username}`,
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
  ["#Tea, with @amara (#2nd_cup)", ["[Tea]", ", with ", "@amara", " (", "[2nd_cup]", ")"]],
  ["#2026 #_ a#b /#c ##d &#39;", ["#2026 #_ a#b /#c ##d &#39;"]],
  [
    "\uff03\u6771\u4eac #\u0634\u0627\u064a_\u0627\u0644\u0644\u064a\u0644",
    ["[\u6771\u4eac]", " ", "[\u0634\u0627\u064a_\u0627\u0644\u0644\u064a\u0644]"],
  ],
  ["https://example.org/#tea", ["<https://example.org/#tea>"]],
  [`#${"x".repeat(51)}`, [`#${"x".repeat(51)}`]],
])("%j", (text, expected) => {
  expect(shape(text)).toEqual(expected);
});

test("no letter is lost", () => {
  const text = "a @bb #cc c\nhttps://example.org/d?e=f#g, @hh!";
  const whole = pieces(text).map((piece) => (piece.kind === "link" ? piece.href : piece.text));
  expect(whole.join("")).toBe(text);
});

test("a long address is shown short", () => {
  const [link] = pieces(`https://www.example.org/${"a".repeat(80)}`);
  expect(link?.text).toHaveLength(42);
  expect(link?.text.startsWith("example.org/")).toBe(true);
});

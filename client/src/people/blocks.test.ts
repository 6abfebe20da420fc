import { expect, test } from "vitest";
import { blocksOf, piecesOf } from "./blocks";

test("an operator's page has headings, lists and paragraphs", () => {
  expect(blocksOf("# Be kind\nAnd listen.\n\n- one\n- two\n\n\nThe end\nof it")).toEqual([
    { kind: "heading", text: "Be kind" },
    { kind: "paragraph", text: "And listen." },
    { kind: "list", items: ["one", "two"] },
    { kind: "paragraph", text: "The end\nof it" },
  ]);
});

test("markup is text", () => {
  expect(blocksOf("<script>alert(1)</script>")).toEqual([
    { kind: "paragraph", text: "<script>alert(1)</script>" },
  ]);
});

test.each([
  ["no link", [{ text: "no link" }]],
  [
    "see https://tea.example/a, or write to me@tea.example.",
    [
      { text: "see " },
      { text: "https://tea.example/a", href: "https://tea.example/a" },
      { text: ", or write to " },
      { text: "me@tea.example", href: "mailto:me@tea.example" },
      { text: "." },
    ],
  ],
  ["javascript:alert(1)", [{ text: "javascript:alert(1)" }]],
])("addresses in %j are links", (text, pieces) => {
  expect(piecesOf(text)).toEqual(pieces);
});

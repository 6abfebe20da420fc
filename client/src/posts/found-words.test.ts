import { expect, test } from "vitest";
import { asked, parts } from "./found-words";

const marked = (text: string, question: string) =>
  parts(text, asked(question))
    .map((part) => (part.found ? `[${part.text}]` : part.text))
    .join("");

test.each([
  ["The kettle is on", "KET", "The [kettle] is on"],
  ["Un caf\u00e9 cr\u00e8me, un CAFE", "cafe", "Un [caf\u00e9] cr\u00e8me, un [CAFE]"],
  ["Un cafe\u0301", "caf\u00e9", "Un [cafe\u0301]"],
  ["Stra\u00dfe", "STRASSE", "[Stra\u00dfe]"],
  ["tea, teapot, steak", "tea", "[tea], [teapot], steak"],
  ["tea", "", "tea"],
  ["", "tea", ""],
  [
    "\u0642\u0647\u0648\u0629 \u0627\u0644\u0635\u0628\u0627\u062d",
    "\u0642\u0647\u0648",
    "[\u0642\u0647\u0648\u0629] \u0627\u0644\u0635\u0628\u0627\u062d",
  ],
])("in %j, %j finds %j", (text, question, expected) => {
  expect(marked(text, question)).toBe(expected);
});

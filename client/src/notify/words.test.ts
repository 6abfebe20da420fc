import { expect, test } from "vitest";
import type { Notice, Person } from "../wire/shapes";
import { hasWords, sentence, target } from "./words";

const person = (name: string) => ({ username: name.toLowerCase(), display_name: name }) as Person;
const ann = { username: "ann" };

const line = (people: string[], count: number, of: Partial<Notice> = {}): Notice => ({
  id: "1",
  kind: "follow",
  at: "2026-01-02T03:04:05.000Z",
  unread: true,
  people: people.map(person),
  count,
  post: null,
  space: null,
  ...of,
});

/** As it is drawn, with the names between stars. */
const drawn = (notice: Notice) =>
  sentence(notice, "en")
    .map(({ text, name }) => (name ? `*${text}*` : text))
    .join("");

test.each([
  [["Dov"], 1, "*Dov* followed you"],
  [["Dov", "Eve"], 2, "*Dov* and *Eve* followed you"],
  [["Dov", "Eve", "Fay"], 3, "*Dov*, *Eve*, and *Fay* followed you"],
  [["Dov", "Eve", "Fay"], 4, "*Dov*, *Eve*, and 2 others followed you"],
  [["Dov", "Eve"], 3, "*Dov*, *Eve*, and 1 other followed you"],
  [["others"], 1, "*others* followed you"],
])("%j of %i people: %s", (people, count, said) => {
  expect(drawn(line(people, count))).toBe(said);
});

test("what the site itself says names nobody, and counts nobody", () => {
  expect(drawn(line([], 1, { kind: "report_decided" }))).toBe(
    "The moderators have looked at what you reported",
  );
});

test("nobody is named who is hidden", () => {
  const left = line([], 1, { kind: "canceled", title: "Tea" });
  expect(drawn(left)).toBe("A Space you wanted to hear does not take place");
  expect(target(left, ann)).toBe("/upcoming");
  const back = line([], 1, { kind: "money_back", title: "Tea" });
  expect(drawn(back)).toBe("You get your money back for a Space that cannot be seen at the moment");
  expect(target(back, ann)).toBe("/tickets");
});

test("each line leads to what it tells of", () => {
  const post = { id: "7", text: "A kettle" };
  expect(target(line(["Dov"], 1), ann)).toBe("/people/dov");
  expect(target(line(["Dov", "Eve"], 2), ann)).toBe("/people/ann/followers");
  expect(target(line(["Dov", "Eve"], 2, { kind: "like", post }), ann)).toBe("/posts/7");
  expect(target(line(["Dov"], 1, { kind: "follow_request" }), ann)).toBe("/follow-requests");
  expect(target(line(["Dov"], 1, { kind: "follow_accepted" }), ann)).toBe("/people/dov");
});

test("what a newer node tells of is known as something without words", () => {
  expect(hasWords("live")).toBe(true);
  expect(hasWords("something_new")).toBe(false);
  expect(hasWords("toString")).toBe(false);
});

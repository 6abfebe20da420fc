import { expect, test } from "vitest";
import { newsIn, spacesIn, waitMs } from "./news";

test("a hint about bubbles is understood", () => {
  expect(newsIn('{"type":"live","channel":"hint","data":{"changed":"bubbles"}}')?.of).toBe("bubbles");
});

test.each(["bubble", "notice", "message"])("a %s comes with what the node says of it", (channel) => {
  const frame = JSON.stringify({ type: "live", channel, data: { unread: 3 } });
  expect(newsIn(frame)).toEqual({ of: channel, says: { unread: 3 } });
});

test.each([
  '{"type":"hello","node":"a","resumed":false}',
  '{"type":"live","channel":"levels","data":{"changed":"bubbles"}}',
  '{"type":"live","channel":"hint","data":null}',
  '{"type":"live","channel":"hint","data":{"changed":"weather"}}',
  '{"type":"live","channel":"hint","data":{"changed":"notice"}}',
  '{"type":"live","channel":"bubbles","data":{}}',
  '{"type":"live","channel":"notice","data":[]}',
  "null",
  "{",
  "",
  new ArrayBuffer(4),
  undefined,
])("%j tells nothing", (frame) => {
  expect(newsIn(frame)).toBeNull();
});

test("the Spaces of the news are those that look like Spaces", () => {
  const card = { id: "1", speakers: [], host: {} };
  expect([...spacesIn({ spaces: [card, { id: 2 }, null, "3"] })]).toEqual([["1", { ...card, ticket: null }]]);
  expect([...spacesIn({ spaces: "all" })]).toEqual([]);
});

test("what a Space costs is not in the news: they do not know who has a ticket", () => {
  const ticket = { price: 500, currency: "eur", left: 3, mine: false };
  const card = { id: "1", speakers: [], host: {}, ticket };
  expect(spacesIn({ spaces: [card] }).get("1")?.ticket).toBeNull();
});

test.each([
  [null, 0],
  [{}, 0],
  [{ within_ms: "soon" }, 0],
  [{ within_ms: -5 }, 0],
  [{ within_ms: 3000 }, 1500],
  [{ within_ms: 9e9 }, 30_000],
])("of %j questions are spread", (says, wait) => {
  expect(waitMs(says, 0.5)).toBe(wait);
});

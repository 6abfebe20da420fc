import { expect, test } from "vitest";
import { newsIn } from "./news";

test("a hint about bubbles is understood", () => {
  expect(newsIn('{"type":"live","channel":"hint","data":{"changed":"bubbles"}}')?.of).toBe("bubbles");
});

test.each(["notice", "message"])("a %s comes with what the node says of it", (channel) => {
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

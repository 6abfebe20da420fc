import { expect, test } from "vitest";
import { hintOf } from "./hint";

test("a hint about bubbles is understood", () => {
  expect(hintOf('{"type":"live","channel":"hint","data":{"changed":"bubbles"}}')).toBe("bubbles");
});

test.each([
  '{"type":"hello","node":"a","resumed":false}',
  '{"type":"live","channel":"levels","data":{"changed":"bubbles"}}',
  '{"type":"live","channel":"hint","data":null}',
  '{"type":"live","channel":"hint","data":{"changed":"weather"}}',
  "null",
  "{",
  "",
  new ArrayBuffer(4),
  undefined,
])("%j asks nothing", (frame) => {
  expect(hintOf(frame)).toBeNull();
});

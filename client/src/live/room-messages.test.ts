import { describe, expect, it } from "vitest";
import type { RoomMessage } from "../wire/shapes";
import { Malformed } from "./decode";
import { merged, missed, told } from "./room-messages";

const message = (id: number, author = "ann"): RoomMessage => ({
  id: `${id}`,
  author: { id: author, username: author, display_name: author, picture_url: null, live_space: null },
  to_host: false,
  text: `word ${id}`,
  at: `2026-11-21T10:00:${`${id}`.padStart(2, "0")}.000Z`,
  held: false,
});
const ids = (messages: readonly RoomMessage[]) => messages.map(({ id }) => Number(id));
const NOBODY = new Set<string>();

describe("what is written in a room", () => {
  it("stands in the order of its times, once, whatever is told twice", () => {
    const known = merged([], { messages: [message(2), message(1)], removed: [] }, NOBODY);
    expect(ids(merged(known, { messages: [message(2), message(3)], removed: [] }, NOBODY))).toEqual([
      1, 2, 3,
    ]);
  });

  it("goes when it is taken away, and is not read of those one muted", () => {
    const known = [message(1), message(2), message(3, "ben")];
    expect(ids(merged(known, { messages: [], removed: ["1"] }, new Set(["ben"])))).toEqual([2]);
  });

  it("changes when a held message is let through", () => {
    const known = [{ ...message(1), held: true }];
    expect(merged(known, { messages: [message(1)], removed: [] }, NOBODY)[0]?.held).toBe(false);
  });

  it("has a gap when nothing of a full window is known", () => {
    const window = Array.from({ length: 20 }, (_, index) => message(index + 10));
    expect(missed([message(1)], { messages: window, removed: [] })).toBe(true);
    expect(missed([message(12)], { messages: window, removed: [] })).toBe(false);
    expect(missed([], { messages: [message(1)], removed: [] })).toBe(false);
  });

  it("is told in the shape of the protocol, or not at all", () => {
    expect(told({ messages: [message(1)], removed: ["7"] })).toEqual({
      messages: [message(1)],
      removed: ["7"],
    });
    expect(() => told({ messages: [{ id: 1 }], removed: [] })).toThrow(Malformed);
  });
});

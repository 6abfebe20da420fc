import { describe, expect, it } from "vitest";
import { Malformed } from "./decode";
import { type Feed, parse, receive, seen } from "./feed";

const snapshot = {
  type: "snapshot",
  audience: "everyone",
  version: 4,
  data: { title: "Night radio", locked: false },
} as const;

function frame(version: number, prev: number, set: Record<string, unknown> = {}) {
  return { type: "frame", audience: "everyone", version, prev, set, events: [{ type: "title" }] } as const;
}

const begun: Feed = receive(new Map(), snapshot).feed;

describe("the feed", () => {
  it("replaces the keys that a frame sets and keeps the others", () => {
    const { feed, gap } = receive(begun, frame(6, 4, { locked: true }));
    expect(feed.get("everyone")).toEqual({ version: 6, data: { title: "Night radio", locked: true } });
    expect(gap).toBe(false);
  });

  it("notices a missed frame and keeps what it had", () => {
    expect(receive(begun, frame(6, 5))).toEqual({ feed: begun, events: [], gap: true });
  });

  it("hears nothing new in a frame that it has seen", () => {
    expect(receive(begun, frame(4, 3, { title: "old" }))).toEqual({ feed: begun, events: [], gap: false });
  });

  it("cannot begin with a frame", () => {
    expect(receive(new Map(), frame(1, 0)).gap).toBe(true);
  });

  it("says what it has seen, to go on from there", () => {
    const { feed } = receive(begun, { ...snapshot, audience: "hosts", version: 2 });
    expect(seen(feed)).toBe("everyone:4,hosts:2");
  });

  it("passes over messages of kinds that it does not know", () => {
    expect(parse('{"type":"weather","data":1}')).toBeUndefined();
  });

  it.each(["", "null", "[]", "{", '{"type":"frame"}', '{"type":"snapshot","audience":1}', '{"type":"live"}'])(
    "refuses %j",
    (text) => {
      expect(() => parse(text)).toThrow(Malformed);
    },
  );
});

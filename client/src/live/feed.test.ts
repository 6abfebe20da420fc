import { describe, expect, it } from "vitest";
import { Malformed } from "./decode";
import { type Feed, type FeedMessage, parse, receive, seen } from "./feed";

const snapshot = (version: number, data: object): FeedMessage =>
  parse(JSON.stringify({ type: "snapshot", audience: "everyone", version, data })) as FeedMessage;
const frame = (version: number, prev: number, set: object, events: object[] = []): FeedMessage =>
  parse(
    JSON.stringify({ type: "frame", audience: "everyone", version, prev, data: { set, events } }),
  ) as FeedMessage;

const play = (...messages: FeedMessage[]) =>
  messages.reduce((last, message) => receive(last.feed, message), {
    feed: new Map() as Feed,
    events: [] as readonly { type: string }[],
    gap: false,
  });

describe("the feed", () => {
  it("replaces the keys that a frame sets and keeps the others", () => {
    const { feed } = play(snapshot(3, { title: "a", locked: false }), frame(5, 3, { title: "b" }));
    expect(feed.get("everyone")).toEqual({ version: 5, data: { title: "b", locked: false } });
  });

  it("forgets what was there when a snapshot comes", () => {
    const { feed } = play(snapshot(3, { title: "a", locked: true }), snapshot(9, { title: "c" }));
    expect(feed.get("everyone")).toEqual({ version: 9, data: { title: "c" } });
  });

  it("tells what happened once, also when a frame is repeated", () => {
    const first = play(snapshot(3, {}), frame(4, 3, {}, [{ type: "seated" }]));
    expect(first.events).toEqual([{ type: "seated" }]);
    const again = receive(first.feed, frame(4, 3, {}, [{ type: "seated" }]));
    expect(again).toEqual({ feed: first.feed, events: [], gap: false });
  });

  it("notices a frame that was missed, and leaves the state alone", () => {
    const before = play(snapshot(3, { title: "a" }));
    const missed = receive(before.feed, frame(7, 5, { title: "z" }));
    expect(missed.gap).toBe(true);
    expect(missed.feed).toBe(before.feed);
  });

  it("takes a frame without a snapshot for a gap", () => {
    expect(play(frame(1, 0, {})).gap).toBe(true);
  });

  it("says for every audience where to go on", () => {
    const { feed } = play(snapshot(3, {}));
    const both = receive(
      feed,
      parse('{"type":"snapshot","audience":"hosts","version":9,"data":{}}') as FeedMessage,
    );
    expect(seen(both.feed)).toBe("everyone:3,hosts:9");
    expect(seen(new Map())).toBe("");
  });

  it("passes over kinds of messages that it does not know", () => {
    expect(parse('{"type":"weather"}')).toBeUndefined();
  });

  it.each(["", "[]", "null", '{"type":"frame"}', '{"type":"snapshot","audience":1,"version":1,"data":{}}'])(
    "refuses %j",
    (garbage) => {
      expect(() => parse(garbage)).toThrow(Malformed);
    },
  );
});

import { describe, expect, it } from "vitest";
import type { Door, Person, Seat } from "../wire/shapes";
import { Malformed } from "./decode";
import { type FeedMessage, parse, seen } from "./feed";
import { holdBack } from "./hold-back";
import { audience, enter, forgetFeed, hear, here, isFull, type Room, seated } from "./room";

const person = (id: string): Person => ({
  id,
  username: id,
  display_name: id.toUpperCase(),
  picture_url: null,
  live_space: null,
});
const seat = (id: string, role: Seat["role"], csrc: number): Seat => ({
  person: person(id),
  role,
  muted: true,
  held: false,
  csrc,
  connected: true,
});
const door = (role: Door["role"], stage: Seat[], listening: string[] = []): Door =>
  ({
    participant_id: "me",
    role,
    muted: true,
    session: null,
    space: {
      id: "s1",
      title: "tea",
      topics: [],
      language: "en",
      state: "live",
      audience: "public",
      policy: "invited",
      guests: true,
      locked: false,
      recorded: false,
      slow_mode_s: 0,
      seats: 13,
      host: person("ana"),
      started_at: "2026-11-21T10:00:00.000Z",
      ended_at: null,
      end_reason: null,
      version: 4,
      stage,
      listeners: listening.length,
      listening: listening.map(person),
      moderators: [],
    },
    blocked_on_stage: [],
    feed_url: "ws://x/feed",
    whep_url: "/whep/s1",
    whip_url: null,
    ice_servers: [],
    expires_at: "2026-11-21T10:01:00.000Z",
  }) as Door;

const say = (message: object) => parse(JSON.stringify(message)) as FeedMessage;
const play = (room: Room, ...messages: object[]) =>
  messages.reduce<Room>((now, message) => hear(now, say(message)).room, room);
const facts = (stage: Seat[]) => {
  const { listeners, listening, ...rest } = door("listener", stage).space;
  return rest;
};

const listening = () => enter(door("listener", [seat("ana", "host", 7)], ["me", "bo"]), undefined);

describe("a room", () => {
  it("is there before the feed has said a word", () => {
    const room = listening();
    expect(here(room)).toBe(3);
    expect(room.self).toMatchObject({ role: "listener", muted: true, place: null });
  });

  it("follows what the feed says to everyone, and to oneself", () => {
    const room = play(
      listening(),
      { type: "snapshot", audience: "everyone", version: 5, data: facts([seat("ana", "host", 7)]) },
      {
        type: "snapshot",
        audience: "person:me",
        version: 5,
        data: { role: "listener", muted: true, place: 2 },
      },
      { type: "frame", audience: "everyone", version: 6, prev: 5, data: { set: { title: "coffee" } } },
    );
    expect(room.space.title).toBe("coffee");
    expect(room.self.place).toBe(2);
  });

  it("does not listen to what is said to somebody else", () => {
    const before = listening();
    const self = { role: "host", muted: false, place: null };
    const after = play(before, { type: "snapshot", audience: "person:bo", version: 5, data: self });
    expect(after.self).toEqual(before.self);
  });

  it("seats the host first, then co-hosts, then speakers as they came", () => {
    const stage = [
      seat("cy", "speaker", 1),
      seat("bo", "cohost", 2),
      seat("di", "speaker", 3),
      seat("ana", "host", 4),
    ];
    expect(seated(enter(door("listener", stage), undefined)).map((one) => one.person.id)).toEqual([
      "ana",
      "bo",
      "cy",
      "di",
    ]);
  });

  it("counts nobody twice who has just gone on stage", () => {
    const room = enter(
      door("listener", [seat("ana", "host", 7), seat("bo", "speaker", 8)], ["me", "bo"]),
      undefined,
    );
    expect(here(room)).toBe(3);
    expect(audience(room).map((one) => one.id)).toEqual(["me"]);
  });

  it("is full when every seat is taken", () => {
    const stage = Array.from({ length: 13 }, (_, index) => seat(`p${index}`, "speaker", index + 1));
    expect(isFull(enter(door("listener", stage), undefined))).toBe(true);
    expect(isFull(listening())).toBe(false);
  });

  it("keeps what the feed has said when one joins again, and forgets it when told to", () => {
    const fed = play(listening(), { type: "snapshot", audience: "everyone", version: 5, data: facts([]) });
    const again = enter(door("listener", []), fed);
    expect(seen(again.feed)).toBe("everyone:5");
    expect(seen(forgetFeed(again).feed)).toBe("");
  });

  it("knows a hold from the seat before the feed tells", () => {
    const held = { ...seat("me", "speaker", 9), held: true };
    expect(enter(door("speaker", [held]), undefined).self.held).toBe(true);
  });

  it.each([
    { type: "snapshot", audience: "everyone", version: 1, data: { id: 4 } },
    { type: "snapshot", audience: "hosts", version: 1, data: { requests: "many" } },
    { type: "snapshot", audience: "person:me", version: 1, data: { role: "king" } },
    { type: "live", channel: "presence", data: { listeners: "3" } },
  ])("refuses %j", (message) => {
    expect(() => hear(listening(), say(message))).toThrow(Malformed);
  });
});

describe("what is held back", () => {
  it.each([
    [3, 60],
    [100, 60],
    [101, 100],
    [5000, 140],
  ])("for %d listeners is %d ms", (listeners, milliseconds) => {
    expect(holdBack(listeners)).toBe(milliseconds);
  });
});

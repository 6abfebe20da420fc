import { describe, expect, it } from "vitest";
import type { Person, Seat } from "../wire/shapes";
import { remembered } from "./memory";
import type { Room } from "./room";

const person = (id: string): Person => ({
  id,
  username: id,
  display_name: id,
  picture_url: null,
  live_space: null,
});
const seat = (id: string, muted: boolean): Seat => ({
  person: person(id),
  role: "speaker",
  muted,
  held: false,
  csrc: 1,
  connected: true,
});
const room = (listeners: number, ...stage: Seat[]) =>
  ({
    space: {
      title: "tea",
      host: person("ana"),
      started_at: "2026-11-21T10:00:00.000Z",
      stage,
      recorded: false,
    },
    presence: { listeners, listening: [], moderators: [] },
  }) as unknown as Room;

describe("the memory of a Space", () => {
  it("keeps the most that were there, and who was seen to speak, in the order of their first words", () => {
    let memory = remembered(null, room(3, seat("ana", false), seat("ben", true)));
    memory = remembered(memory, room(1, seat("ana", true), seat("ben", false)));
    expect(memory.most).toBe(5);
    expect(memory.spoke.map((one) => one.id)).toEqual(["ana", "ben"]);
  });

  it("is the same object while there is nothing new", () => {
    const memory = remembered(null, room(3, seat("ana", false)));
    expect(remembered(memory, room(2, seat("ana", true)))).toBe(memory);
    expect(remembered(memory, room(4, seat("ana", true)))).not.toBe(memory);
  });

  it("knows that something was recorded, also before one came", () => {
    const now = room(1);
    const memory = remembered(null, { ...now, space: { ...now.space, recorded: true } });
    expect(memory.recorded).toBe(true);
    expect(remembered(null, now).recorded).toBe(false);
  });
});

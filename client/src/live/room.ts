import type { Door, Person, Role, Seat } from "../wire/shapes";
import { hostsView, presence, selfView, space } from "./decode";
import { type Feed, type FeedMessage, type Happening, receive } from "./feed";
import type { HostsView, Presence, SelfView, SpaceFacts } from "./shapes";

/** Everything that is known of the room one is in, as the feed and the door told it. */
export interface Room {
  readonly me: string;
  readonly space: SpaceFacts;
  readonly self: SelfView;
  readonly hosts: HostsView;
  readonly presence: Presence;
  readonly feed: Feed;
}

export interface RoomChange {
  readonly room: Room;
  readonly events: readonly Happening[];
  readonly gap: boolean;
}

const NOBODY: HostsView = { requests: [], invited: [] };

/** The room as a door shows it, before the feed has said a word; `before` is kept where the door is silent. */
export function enter(door: Door, before: Room | undefined): Room {
  const again =
    before !== undefined && before.space.id === door.space.id && before.me === door.participant_id;
  const known = again
    ? before.self
    : { place: null, invited: false, asked_to_unmute: false, streaming: false };
  const seat = door.space.stage.find((one) => one.person.id === door.participant_id);
  return {
    me: door.participant_id,
    space: door.space,
    self: { ...known, role: door.role, muted: door.muted, held: seat?.held ?? false, session: door.session },
    hosts: again ? before.hosts : NOBODY,
    presence: {
      listeners: door.space.listeners,
      listening: door.space.listening,
      moderators: door.space.moderators,
    },
    feed: again ? before.feed : new Map(),
  };
}

/** Whether one is there without an account. */
export const asGuest = (room: Room | null): boolean => room?.me.startsWith("g") ?? false;

/** The room after the feed said `message`. Throws `Malformed` if it is not what the protocol promises. */
export function hear(room: Room, message: FeedMessage): RoomChange {
  if (message.type === "live")
    return { room: hearLive(room, message.channel, message.data), events: [], gap: false };
  const { feed, events, gap } = receive(room.feed, message);
  if (feed === room.feed) return { room, events, gap };
  const said = "audience" in message ? message.audience : "";
  return { room: { ...room, feed, ...shown(room, feed, said) }, events, gap };
}

function shown(room: Room, feed: Feed, audience: string): Partial<Room> {
  const data = feed.get(audience)?.data;
  switch (audience) {
    case "everyone":
      return { space: space(data) };
    case "hosts":
      return { hosts: hostsView(data) };
    case `person:${room.me}`:
      return { self: selfView(data) };
    default:
      return {};
  }
}

function hearLive(room: Room, channel: string, data: unknown): Room {
  return channel === "presence" ? { ...room, presence: presence(data) } : room;
}

/** The room with nothing to resume from: the next feed begins with snapshots. */
export function forgetFeed(room: Room): Room {
  return { ...room, feed: new Map() };
}

export function onStage(role: Role): boolean {
  return role !== "listener";
}

export function isHosting(role: Role): boolean {
  return role === "host" || role === "cohost";
}

const RANK = { host: 0, cohost: 1, speaker: 2 } as const;

/** The stage as it is drawn: host, co-hosts, then speakers in the order in which they were seated. */
export function seated(room: Room): readonly Seat[] {
  return [...room.space.stage].sort((one, other) => RANK[one.role] - RANK[other.role]);
}

/** Whether one is a host and `personId` is below: what a host does to somebody, one can do to them. */
export function outranks(room: Room, personId: string): boolean {
  const theirs = seatOf(room, personId)?.role;
  const rank = (role: Role) => (role === "listener" ? RANK.speaker + 1 : RANK[role]);
  return (
    isHosting(room.self.role) && personId !== room.me && rank(theirs ?? "listener") > rank(room.self.role)
  );
}

export function seatOf(room: Room, personId: string): Seat | undefined {
  return room.space.stage.find((seat) => seat.person.id === personId);
}

export function isFull(room: Room): boolean {
  return room.space.stage.length >= room.space.seats;
}

/** Listeners with a face that is shown, without those who are on stage by now. */
export function audience(room: Room): readonly Person[] {
  const stage = new Set(room.space.stage.map((seat) => seat.person.id));
  return room.presence.listening.filter((person) => !stage.has(person.id));
}

/** How many people are in the room, stage included. Who has just gone on stage is not counted twice. */
export function here(room: Room): number {
  const both = room.presence.listening.length - audience(room).length;
  return Math.max(0, room.presence.listeners - both) + room.space.stage.length;
}

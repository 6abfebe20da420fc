import type { Audience, Person, Policy, Role, Seat, SpaceState } from "../wire/shapes";
import type { HostsView, Presence, SelfView, SpaceFacts, SpeakRequest } from "./shapes";
import type { Slots } from "./slot-volumes";

/** What came from the network and is not what the protocol promises. */
export class Malformed extends Error {
  override name = "Malformed";
}

export type Fields = Readonly<Record<string, unknown>>;

export function fields(value: unknown): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new Malformed("an object was expected");
}

export function text(value: unknown): string {
  if (typeof value === "string") return value;
  throw new Malformed("a string was expected");
}

export function number(value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new Malformed("a number was expected");
}

export function list<T>(value: unknown, item: (value: unknown) => T): readonly T[] {
  if (Array.isArray(value)) return value.map(item);
  throw new Malformed("a list was expected");
}

const textOrNull = (value: unknown): string | null => (value == null ? null : text(value));
const flag = (value: unknown): boolean => value === true;
const listOrNone = <T>(value: unknown, item: (value: unknown) => T): readonly T[] =>
  value == null ? [] : list(value, item);

export function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T {
  const found = allowed.find((word) => word === value);
  if (found === undefined) throw new Malformed(`one of ${allowed.join(", ")} was expected`);
  return found;
}

export const ROLES: readonly Role[] = ["host", "cohost", "speaker", "listener"];
const STAGE_ROLES: readonly Seat["role"][] = ["host", "cohost", "speaker"];
const POLICIES: readonly Policy[] = ["everyone", "followed", "invited"];
const AUDIENCES: readonly Audience[] = ["public", "unlisted", "invited"];
/** A `slots` message: who plays in each of one's slots. Throws `Malformed`. */
export const slots = (value: unknown): Slots => list(value, (one) => (one === null ? null : number(one)));

const STATES: readonly SpaceState[] = ["scheduled", "live", "ended", "canceled"];

export function person(value: unknown): Person {
  const from = fields(value);
  return {
    id: text(from.id),
    username: text(from.username),
    display_name: text(from.display_name),
    picture_url: textOrNull(from.picture_url),
    live_space: textOrNull(from.live_space),
  };
}

function seat(value: unknown): Seat {
  const from = fields(value);
  return {
    person: person(from.person),
    role: oneOf(from.role, STAGE_ROLES),
    muted: flag(from.muted),
    held: flag(from.held),
    csrc: number(from.csrc),
    connected: flag(from.connected),
  };
}

/** The facts of a Space. Throws `Malformed`. */
export function space(value: unknown): SpaceFacts {
  const from = fields(value);
  return {
    id: text(from.id),
    title: text(from.title),
    topics: [...listOrNone(from.topics, text)],
    language: text(from.language),
    state: oneOf(from.state, STATES),
    audience: oneOf(from.audience, AUDIENCES),
    policy: oneOf(from.policy, POLICIES),
    guests: flag(from.guests),
    locked: flag(from.locked),
    slow_mode_s: number(from.slow_mode_s),
    seats: number(from.seats),
    host: person(from.host),
    started_at: textOrNull(from.started_at),
    ended_at: textOrNull(from.ended_at),
    end_reason: textOrNull(from.end_reason),
    host_away_until: textOrNull(from.host_away_until),
    heir: from.heir == null ? null : person(from.heir),
    heir_at: textOrNull(from.heir_at),
    recording_since: textOrNull(from.recording_since),
    recorded: from.recorded === true,
    version: number(from.version),
    stage: [...listOrNone(from.stage, seat)],
  };
}

function speakRequest(value: unknown): SpeakRequest {
  const from = fields(value);
  return { person: person(from.person), question: textOrNull(from.question), at: text(from.at) };
}

export function hostsView(value: unknown): HostsView {
  const from = fields(value);
  return {
    requests: listOrNone(from.requests, speakRequest),
    invited: listOrNone(from.invited, person),
  };
}

export function selfView(value: unknown): SelfView {
  const from = fields(value);
  return {
    role: oneOf(from.role, ROLES),
    muted: flag(from.muted),
    held: flag(from.held),
    place: from.place == null ? null : number(from.place),
    invited: flag(from.invited),
    asked_to_unmute: flag(from.asked_to_unmute),
    streaming: flag(from.streaming),
    session: from.session == null ? null : text(from.session),
  };
}

export function presence(value: unknown): Presence {
  const from = fields(value);
  return {
    listeners: number(from.listeners),
    listening: listOrNone(from.listening, person),
    moderators: listOrNone(from.moderators, person),
  };
}

/** What the feed tells beside the shapes of HTTP (`docs/protocol.md`, "The feed"). */
import type { Person, Role, Space } from "../wire/shapes";

/** A Space as the feed knows it; how many listen is told apart, as presence. */
export type SpaceFacts = Omit<Space, "listeners" | "listening" | "moderators">;

export interface SpeakRequest {
  readonly person: Person;
  readonly question: string | null;
  readonly at: string;
}

/** What only the hosts are told. */
export interface HostsView {
  readonly requests: readonly SpeakRequest[];
  readonly invited: readonly Person[];
}

/** What only this person is told. */
export interface SelfView {
  readonly role: Role;
  readonly muted: boolean;
  readonly held: boolean;
  /** The place in the queue, from 1, while a request waits. */
  readonly place: number | null;
  readonly invited: boolean;
  readonly asked_to_unmute: boolean;
  /** A program speaks for them: the microphone is the program's. */
  readonly streaming: boolean;
  /** The speak session that is connected, on whichever device; `null` is none. */
  readonly session: string | null;
}

export interface Presence {
  readonly listeners: number;
  readonly listening: readonly Person[];
  /** Who is here as a moderator of the site, upon a report. */
  readonly moderators: readonly Person[];
}

/** A phrase that somebody said, numbered from 1 in its Space. */
export interface CaptionLine {
  readonly number: number;
  readonly person: Person;
  readonly text: string;
  readonly at: string;
}

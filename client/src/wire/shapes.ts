/** The shapes of docs/protocol.md. Ids are strings, times RFC 3339 in UTC. */

export interface Person {
  id: string;
  username: string;
  display_name: string;
  picture_url: string | null;
  /** The Space in which this person is on stage now, if others may see it. */
  live_space: string | null;
}

export interface Profile extends Person {
  bio: string;
  created_at: string;
  followers: number;
  following: number;
  followed_by_me: boolean;
  follows_me: boolean;
}

export interface Me extends Profile {
  language: string;
  may_host: boolean;
  admin: boolean;
}

export type SpaceState = "scheduled" | "live" | "ended" | "canceled";

export interface SpaceCard {
  id: string;
  title: string;
  state: SpaceState;
  host: Person;
  speakers: Person[];
  listeners: number;
  started_at: string | null;
  topics: string[];
}

export interface Post {
  id: string;
  author: Person;
  text: string;
  created_at: string;
  attachment: SpaceCard | null;
}

export type Role = "host" | "cohost" | "speaker" | "listener";

export interface Seat {
  person: Person;
  role: "host" | "cohost" | "speaker";
  muted: boolean;
  /** A host's mute holds: only the person's own tap after "ask to unmute" opens the microphone. */
  held: boolean;
  csrc: number;
  connected: boolean;
}

export type Policy = "everyone" | "followed" | "invited";
export type Audience = "public" | "unlisted" | "invited";

export interface Space {
  id: string;
  title: string;
  topics: string[];
  language: string;
  state: SpaceState;
  audience: Audience;
  policy: Policy;
  guests: boolean;
  locked: boolean;
  seats: number;
  host: Person;
  started_at: string | null;
  ended_at: string | null;
  end_reason: string | null;
  version: number;
  stage: Seat[];
  listeners: number;
  listening: Person[];
}

/** As the browser's `RTCIceServer`; spelled out because `src/live` has no DOM types. */
export interface IceServer {
  urls: string | string[];
  username?: string;
  credential?: string;
}

export interface Door {
  participant_id: string;
  role: Role;
  muted: boolean;
  space: Space;
  feed_url: string;
  whep_url: string;
  whip_url: string | null;
  ice_servers: IceServer[];
  expires_at: string;
}

export interface Instance {
  name: string;
  version: string;
  demo: boolean;
  signup: "open" | "invite" | "closed";
  host_min_followers: number;
  seats: number;
}

export interface List<T> {
  items: T[];
  next: string | null;
}

export interface NewSpace {
  title?: string;
  topics?: string[];
  language?: string;
  policy?: Policy;
  audience?: Audience;
  guests?: boolean;
}

export type Reaction = "💜" | "😂" | "👏" | "✋" | "💯" | "👋";

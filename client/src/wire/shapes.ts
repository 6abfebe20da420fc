/** The shapes of the node's OpenAPI document, by the names of docs/protocol.md. Ids are strings, times RFC 3339 in UTC. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Suggested = Schemas["Suggested"];
export type Person = Schemas["Person"];
export type Known = Schemas["Known"];
export type Relation = Schemas["Relation"];
export type Profile = Schemas["Profile"];
export type Me = Schemas["Me"];
export type SignedInAs = Schemas["SignedInAs"];
export type Post = Schemas["Post"];
export type Message = Schemas["Message"];
export type Conversation = Schemas["Conversation"];
export type ConversationLine = Schemas["ConversationLine"];
export type SpaceCard = Schemas["SpaceCard"];
export type Instance = Schemas["Instance"];
export type NewSpace = Schemas["NewSpace"];
export type ChangeSpace = Schemas["ChangeSpace"];
export type ScheduledSpace = Schemas["ScheduledSpace"];
export type ChangeScheduled = Schemas["ChangeScheduled"];
export type Notice = Schemas["Notice"];
export type RoomMessage = Schemas["RoomMessage"];
export type RoomPost = Schemas["RoomPost"];
export type NoticeKind = Notice["kind"];
export type Session = Schemas["Session"];
export type SignupInvitation = Schemas["SignupInvitation"];
export type House = Schemas["House"];
export type SitePageName = House["pages"][number];
export type Passkey = Schemas["PasskeyInList"];
/** As `components["schemas"]["Settings"]` of the notices. */
export type NoticeSettings = Schemas["Settings"];
export type NoticeChannel = Schemas["Choice"]["channel"];

export type SpaceState = SpaceCard["state"];
export type Role = Schemas["Door"]["role"];
export type Policy = Schemas["Space"]["policy"];
export type Audience = Schemas["Space"]["audience"];
export type Reaction = Schemas["React"]["emoji"];

/** Nobody on stage is a listener. */
export type Seat = Omit<Schemas["Seat"], "role"> & { role: Exclude<Role, "listener"> };

/** Wider than what this node says today: a Space may be scheduled, and ends for reasons that newer nodes know. */
export type Space = Omit<
  Schemas["Space"],
  "state" | "started_at" | "end_reason" | "stage" | "host_away_until" | "heir" | "heir_at" | "recording_since"
> & {
  state: SpaceState;
  started_at: string | null;
  end_reason: string | null;
  stage: Seat[];
  /** When it ends unless the host comes back. */
  host_away_until?: string | null;
  /** The co-host who becomes host unless the host comes back before, and when. */
  heir?: Person | null;
  heir_at?: string | null;
  /** Since when what is said is recorded; null while it is not. */
  recording_since?: string | null;
};

/** As the browser's `RTCIceServer`, spelled out because `src/live` has no DOM types. */
interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}

export type Door = Omit<Schemas["Door"], "space" | "ice_servers"> & {
  space: Space;
  ice_servers: IceServer[];
};

export interface List<T> {
  items: T[];
  next: string | null;
}

import { type Fields, fields, list, Malformed, number, text } from "./decode";

/** Something that happened, for announcements; `person` stays raw until somebody asks for it. */
export interface Happening extends Fields {
  readonly type: string;
}

export type FeedMessage =
  | { readonly type: "hello"; readonly node: string; readonly resumed: boolean }
  | { readonly type: "snapshot"; readonly audience: string; readonly version: number; readonly data: Fields }
  | {
      readonly type: "frame";
      readonly audience: string;
      readonly version: number;
      readonly prev: number;
      readonly set: Fields;
      readonly events: readonly Happening[];
    }
  | { readonly type: "live"; readonly channel: string; readonly data: unknown };

interface Versioned {
  readonly version: number;
  readonly data: Fields;
}

/** The state of every audience that the grant names, each at its own version. */
export type Feed = ReadonlyMap<string, Versioned>;

export interface Received {
  readonly feed: Feed;
  readonly events: readonly Happening[];
  /** A frame was missed: the feed is stale until it is opened anew without `after`. */
  readonly gap: boolean;
}

/** One text frame of the socket; `undefined` for a message of a kind that this client does not know. */
export function parse(frame: string): FeedMessage | undefined {
  const from = fields(json(frame));
  switch (from.type) {
    case "hello":
      return { type: "hello", node: text(from.node), resumed: from.resumed === true };
    case "snapshot":
      return {
        type: "snapshot",
        audience: text(from.audience),
        version: number(from.version),
        data: fields(from.data),
      };
    case "frame": {
      const data = fields(from.data);
      return {
        type: "frame",
        audience: text(from.audience),
        version: number(from.version),
        prev: number(from.prev),
        set: data.set == null ? {} : fields(data.set),
        events: data.events == null ? [] : list(data.events, happening),
      };
    }
    case "live":
      return { type: "live", channel: text(from.channel), data: from.data };
    default:
      return undefined;
  }
}

function json(frame: string): unknown {
  try {
    return JSON.parse(frame);
  } catch {
    throw new Malformed("a feed message is not JSON");
  }
}

function happening(value: unknown): Happening {
  const from = fields(value);
  return { ...from, type: text(from.type) };
}

/** The feed after `message`. A frame that was seen before says nothing new; one that skips a version is a gap. */
export function receive(feed: Feed, message: FeedMessage): Received {
  switch (message.type) {
    case "snapshot":
      return {
        feed: withState(feed, message.audience, message.version, message.data),
        events: [],
        gap: false,
      };
    case "frame": {
      const held = feed.get(message.audience);
      if (held === undefined) return { feed, events: [], gap: true };
      if (message.version <= held.version) return { feed, events: [], gap: false };
      if (message.prev !== held.version) return { feed, events: [], gap: true };
      const data = { ...held.data, ...message.set };
      return {
        feed: withState(feed, message.audience, message.version, data),
        events: message.events,
        gap: false,
      };
    }
    default:
      return { feed, events: [], gap: false };
  }
}

function withState(feed: Feed, audience: string, version: number, data: Fields): Feed {
  return new Map(feed).set(audience, { version, data });
}

/** What was last seen, as the feed's `after` parameter; empty when there is nothing to go on from. */
export function seen(feed: Feed): string {
  return [...feed].map(([audience, { version }]) => `${audience}:${version}`).join(",");
}

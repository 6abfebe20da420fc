import type { RoomPost } from "../wire/shapes";
import { fields, list, oneOf, person, ROLES, text } from "./decode";
import { merged, missed } from "./room-messages";

/** The posts of a room, oldest first, and the one that a host has put above them. */
export interface RoomPosts {
  readonly posts: readonly RoomPost[];
  readonly pinned: RoomPost | null;
}

/** What the feed tells of late: the last few posts, which went, and what is pinned now. */
export interface ToldPosts extends RoomPosts {
  readonly removed: readonly string[];
}

export const NO_POSTS: RoomPosts = { posts: [], pinned: null };

/** So many are told at once; when none of them is known, some were missed. */
const WINDOW = 5;

/** A `room_posts` message. Throws `Malformed`. */
export function toldPosts(data: unknown): ToldPosts {
  const said = fields(data);
  return {
    posts: list(said.posts, post),
    removed: list(said.removed, text),
    pinned: said.pinned == null ? null : post(said.pinned),
  };
}

function post(value: unknown): RoomPost {
  const from = fields(value);
  return {
    id: text(from.id),
    author: person(from.author),
    role: oneOf(from.role, ROLES),
    text: text(from.text),
    at: text(from.at),
  };
}

/** The room's posts with what is new; whoever is in `apart` is not read. */
export function withPosts(
  known: RoomPosts,
  { posts, removed, pinned }: ToldPosts,
  apart: ReadonlySet<string>,
): RoomPosts {
  return {
    posts: merged(known.posts, { messages: posts, removed }, apart),
    pinned: pinned && apart.has(pinned.author.id) ? null : pinned,
  };
}

/** Whether there is more to be asked for than what was told. */
export const missedPosts = (known: RoomPosts, { posts }: ToldPosts): boolean =>
  missed(known.posts, { messages: posts, removed: [] }, WINDOW);

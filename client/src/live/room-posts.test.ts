import { describe, expect, it } from "vitest";
import type { RoomPost } from "../wire/shapes";
import { Malformed } from "./decode";
import { missedPosts, NO_POSTS, toldPosts, withPosts } from "./room-posts";

const post = (id: number, author = "ann"): RoomPost => ({
  id: `${id}`,
  author: { id: author, username: author, display_name: author, picture_url: null, live_space: null },
  role: "speaker",
  text: `post ${id}`,
  at: `2026-11-21T10:00:${`${id}`.padStart(2, "0")}.000Z`,
});
const told = (...posts: RoomPost[]) => ({ posts, removed: [], pinned: null });
const NOBODY = new Set<string>();

describe("the posts of a room", () => {
  it("stand newest last, once, and go when they are taken out", () => {
    const known = withPosts(NO_POSTS, told(post(2), post(1)), NOBODY);
    const more = withPosts(known, { ...told(post(2), post(3)), removed: ["1"] }, NOBODY);
    expect(more.posts.map(({ id }) => id)).toEqual(["2", "3"]);
  });

  it("are not those of people one muted, pinned or not", () => {
    const known = withPosts(
      NO_POSTS,
      { ...told(post(1, "ben"), post(2)), pinned: post(1, "ben") },
      new Set(["ben"]),
    );
    expect(known.posts.map(({ id }) => id)).toEqual(["2"]);
    expect(known.pinned).toBeNull();
  });

  it("have one above them until a host says otherwise", () => {
    const known = withPosts(NO_POSTS, { ...told(post(1)), pinned: post(1) }, NOBODY);
    expect(known.pinned?.id).toBe("1");
    expect(withPosts(known, told(post(2)), NOBODY).pinned).toBeNull();
  });

  it("have a gap when nothing of a full window is known", () => {
    const window = told(...[6, 7, 8, 9, 10].map((id) => post(id)));
    expect(missedPosts({ posts: [post(1)], pinned: null }, window)).toBe(true);
    expect(missedPosts({ posts: [post(6)], pinned: null }, window)).toBe(false);
  });

  it("are told in the shape of the protocol, or not at all", () => {
    expect(toldPosts({ posts: [post(1)], removed: ["7"], pinned: post(1) })).toEqual({
      posts: [post(1)],
      removed: ["7"],
      pinned: post(1),
    });
    expect(() => toldPosts({ posts: [{ id: "1" }], removed: [] })).toThrow(Malformed);
  });
});

/** What is written and posted in a room comes by an answer and by the feed, in whatever order. */
import { beforeEach, expect, it, vi } from "vitest";
import type { RoomMessage, RoomPost } from "../wire/shapes";
import { Shelf } from "./shelf";
import { Talk } from "./talk";

const asked = vi.hoisted(() => ({ mutes: (_: ReadonlySet<string>): void => undefined }));
vi.mock("./apart", () => ({
  whomOneMutes: () =>
    new Promise<ReadonlySet<string>>((answer) => {
      asked.mutes = answer;
    }),
}));
const nothing = vi.hoisted(() => async () => ({ items: [], pinned: null }));
vi.mock("../wire/spaces", () => ({ roomPosts: nothing, roomMessages: nothing }));

const author = { id: "ann", username: "ann", display_name: "Ann", picture_url: null, live_space: null };
const at = "2026-11-22T10:00:00.000Z";
const post: RoomPost = { id: "1", author, role: "host", text: "The slides", at };
const message: RoomMessage = { id: "1", author, text: "Hello", to_host: false, held: false, at };

beforeEach(() => {
  asked.mutes = () => undefined;
});

it("keeps a post that the feed brings while one's mutes are asked for", async () => {
  const shelf = new Shelf("space", () => undefined);
  const heard = shelf.hear({ posts: [post], removed: [], pinned: null });
  const answered = shelf.ask();
  asked.mutes(new Set());
  await Promise.all([heard, answered]);
  expect(shelf.now.posts).toEqual([post]);
});

it("keeps a message that the feed brings while one's mutes are asked for, and counts it", async () => {
  const talk = new Talk("space", () => undefined);
  const heard = talk.hear({ messages: [message], removed: [] });
  const answered = talk.ask();
  asked.mutes(new Set());
  await Promise.all([heard, answered]);
  expect([talk.messages, talk.unread]).toEqual([[message], 1]);
});

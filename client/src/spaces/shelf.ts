/** The posts of the room one is in. */
import {
  missedPosts,
  NO_POSTS,
  type RoomPosts,
  type ToldPosts,
  toldPosts,
  withPosts,
} from "../live/room-posts";
import type { RoomPost } from "../wire/shapes";
import * as wire from "../wire/spaces";
import { whomOneMutes } from "./apart";

export class Shelf {
  now: RoomPosts = NO_POSTS;
  private apart: Promise<ReadonlySet<string>> | undefined;

  private readonly space: string;
  private readonly changed: () => void;

  constructor(space: string, changed: () => void) {
    this.space = space;
    this.changed = changed;
  }

  /** Asks for what was posted before. Guests are told nothing, and miss nothing. */
  async ask(): Promise<void> {
    try {
      const { items, pinned } = await wire.roomPosts(this.space);
      await this.add({ posts: items, removed: [], pinned });
    } catch {
      // The next word from the feed, or the next return, asks again.
    }
  }

  /** The feed said `data`. */
  async hear(data: unknown): Promise<void> {
    const said = toldPosts(data);
    const gap = missedPosts(this.now, said);
    await this.add(said);
    if (gap) await this.ask();
  }

  async share(text: string): Promise<RoomPost> {
    const post = await wire.sharePost(this.space, text);
    await this.add({ posts: [post], removed: [], pinned: this.now.pinned });
    return post;
  }

  private async add(said: ToldPosts): Promise<void> {
    this.apart ??= whomOneMutes().catch(() => new Set<string>());
    const apart = await this.apart;
    // What came while one waited stays.
    this.now = withPosts(this.now, said, apart);
    this.changed();
  }
}

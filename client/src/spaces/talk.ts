/** What is written in the room one is in. */
import { merged, missed, type Told, told } from "../live/room-messages";
import type { RoomMessage } from "../wire/shapes";
import * as wire from "../wire/spaces";
import { whomOneMutes } from "./apart";

export class Talk {
  /** Oldest first. */
  messages: readonly RoomMessage[] = [];
  /** How many came since one looked last. */
  unread = 0;
  private looking = false;
  /** Whom one muted or blocked: the feed does not know. */
  private apart: Promise<ReadonlySet<string>> | undefined;

  private readonly space: string;
  private readonly changed: () => void;

  constructor(space: string, changed: () => void) {
    this.space = space;
    this.changed = changed;
  }

  /** Asks for what was written before. Guests are told nothing, and miss nothing. */
  async ask(): Promise<void> {
    try {
      const { items } = await wire.roomMessages(this.space);
      await this.add({ messages: items, removed: [] }, false);
    } catch {
      // The next word from the feed, or the next return, asks again.
    }
  }

  /** The feed said `data`. */
  async hear(data: unknown): Promise<void> {
    const said = told(data);
    const gap = missed(this.messages, said);
    await this.add(said, true);
    if (gap) await this.ask();
  }

  async say(text: string, toHost: boolean): Promise<void> {
    const message = await wire.writeToRoom(this.space, text, toHost);
    await this.add({ messages: [message], removed: [] }, false);
  }

  async remove(id: string): Promise<void> {
    await wire.removeRoomMessage(this.space, id);
    await this.add({ messages: [], removed: [id] }, false);
  }

  /** One looks at it, or looks away. */
  look(looking: boolean): void {
    this.looking = looking;
    this.unread = 0;
    this.changed();
  }

  private async add(said: Told, counts: boolean): Promise<void> {
    this.apart ??= whomOneMutes().catch(() => new Set<string>());
    const apart = await this.apart;
    // What came while one waited stays.
    const before = this.messages.length;
    this.messages = merged(this.messages, said, apart);
    if (counts && !this.looking) this.unread += Math.max(0, this.messages.length - before);
    this.changed();
  }
}

/** A conversation on this device: what was said, what is on its way, and what one is about to say. */

import { m } from "../paraglide/messages";
import { whenSomebodyEnters } from "../people/session.svelte";
import { followSpaces } from "../posts/follow-spaces";
import { Asked, Paged } from "../wire/loading.svelte";
import { onNews } from "../wire/me-feed";
import * as wire from "../wire/messages";
import { freshKey } from "../wire/node";
import type { Conversation, List, Message } from "../wire/shapes";
import { wordsOf } from "../wire/words";
import { isAfter } from "./order";

/** A message that the node has not answered yet, or has refused: then `wrong` says why. */
export interface Outgoing {
  readonly key: string;
  readonly text: string;
  readonly wrong: string | null;
}

export class Talk {
  readonly id: string;
  readonly about: Asked<Conversation>;
  readonly messages: Paged<Message>;
  draft = $state("");
  #underway = $state.raw<readonly Outgoing[]>([]);
  #heard = $state("");
  #read = "0";
  #watched = false;
  /** One message after the other, so that they arrive in the order in which they were said. */
  #line: Promise<void> = Promise.resolve();

  constructor(id: string) {
    this.id = id;
    this.about = new Asked(() => wire.conversation(id));
    this.messages = new Paged(async (cursor) => {
      const page = await wire.messages(id, cursor);
      return cursor === undefined ? this.#without(page) : page;
    });
  }

  get underway(): readonly Outgoing[] {
    return this.#underway;
  }
  /** The last thing that came while one was here, for a screen reader. */
  get heard(): string {
    return this.#heard;
  }
  get name(): string {
    const person = this.about.now.at === "here" ? this.about.now.value.person : null;
    return person?.display_name ?? m.messages_gone_name();
  }

  /** Stays fresh until the returned function is called. */
  keep(): () => void {
    this.#watched = true;
    const look = () => void this.look();
    const seen = () => {
      if (document.visibilityState === "visible") look();
    };
    look();
    document.addEventListener("visibilitychange", seen);
    const deaf = onNews("message", (says) => {
      if (says === null || says.conversation === this.id) look();
    });
    const unseen = followSpaces(
      () => this.messages.items,
      () => void this.messages.again(),
    );
    return () => {
      this.#watched = false;
      deaf();
      unseen();
      document.removeEventListener("visibilitychange", seen);
    };
  }

  async look(): Promise<void> {
    const before = this.messages.now.at === "here" ? (this.#newest()?.id ?? "0") : null;
    await Promise.all([this.about.ask(), this.messages.again()]);
    const newest = this.#newest();
    if (before !== null && newest && isAfter(newest.id, before))
      this.#heard = m.messages_said({ name: this.name, text: newest.text || m.messages_space() });
    await this.#readAll(newest);
  }

  /** Sends `text` when what was said before has arrived, or failed to. */
  say(text: string): void {
    this.#send({ key: freshKey(), text, wrong: null });
  }

  again(failed: Outgoing): void {
    this.discard(failed.key);
    this.#send({ ...failed, wrong: null });
  }

  discard(key: string): void {
    this.#underway = this.#underway.filter((one) => one.key !== key);
  }

  #send(message: Outgoing): void {
    this.#underway = [...this.#underway, message];
    this.#line = this.#line.then(() => this.#post(message));
  }

  async #post(message: Outgoing): Promise<void> {
    try {
      const sent = await wire.send(this.id, message.text, message.key);
      this.discard(message.key);
      this.messages.putFirst(sent);
    } catch (error) {
      const failed = { ...message, wrong: wordsOf(error) };
      this.#underway = this.#underway.map((one) => (one.key === message.key ? failed : one));
    }
    void this.look();
  }

  /** What one is sending may come back before its answer does: it stands there already. */
  #without(page: List<Message>): List<Message> {
    if (!this.#underway.some(({ wrong }) => wrong === null)) return page;
    const known = new Set(this.messages.items.map(({ id }) => id));
    return { ...page, items: page.items.filter(({ id, mine }) => !mine || known.has(id)) };
  }

  #newest(): Message | undefined {
    return this.messages.items.find(({ mine }) => !mine);
  }

  /** Says that one has read it all: if one looks, and once one has accepted. */
  async #readAll(newest: Message | undefined): Promise<void> {
    if (!newest || !this.#watched || document.visibilityState !== "visible") return;
    if (this.about.now.at !== "here") return;
    const { stands, read_up_to } = this.about.now.value;
    if (isAfter(read_up_to, this.#read)) this.#read = read_up_to;
    if (stands === "request" || !isAfter(newest.id, this.#read)) return;
    // If it is not heard, the next look says it again.
    await wire.readUpTo(this.id, newest.id).then(
      () => (this.#read = newest.id),
      () => undefined,
    );
  }
}

const talks = new Map<string, Talk>();

whenSomebodyEnters(() => talks.clear());

/** The one conversation of that id: drafts and what failed stay when one looks elsewhere. */
export function talkOf(id: string): Talk {
  const talk = talks.get(id) ?? new Talk(id);
  talks.set(id, talk);
  return talk;
}

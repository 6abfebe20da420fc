/** Whom one might want to invite: those one writes with and those who follow one; or whoever is looked for by name. */
import { who } from "../people/session.svelte";
import { Asked, eachOnce } from "../wire/loading.svelte";
import { conversations } from "../wire/messages";
import { followedBy, followersOf, found } from "../wire/people";
import type { Person } from "../wire/shapes";

const PAUSE_MS = 150;

export class Search {
  name = $state("");
  readonly #found = new Asked<readonly Person[]>(() => this.#look());

  get wanted(): string {
    return this.name.trim();
  }
  get now() {
    return this.#found.now;
  }

  /** Looks when the name changes and one pauses; call it in an effect. */
  follow(): () => void {
    const pause = this.wanted === "" ? 0 : PAUSE_MS;
    const timer = setTimeout(() => void this.#found.ask(), pause);
    return () => clearTimeout(timer);
  }

  again(): void {
    void this.#found.ask();
  }

  async #look(): Promise<readonly Person[]> {
    const me = who.me?.id ?? "";
    const people = this.wanted === "" ? await likely(me) : (await found(this.wanted)).items;
    return people.filter(({ id }) => id !== me);
  }
}

async function likely(me: string): Promise<readonly Person[]> {
  const [talks, followers, followed] = await Promise.all([
    conversations("open"),
    followersOf(me),
    followedBy(me),
  ]);
  const partners = talks.items.flatMap(({ person }) => (person ? [person] : []));
  return eachOnce([...partners, ...followers.items, ...followed.items]);
}

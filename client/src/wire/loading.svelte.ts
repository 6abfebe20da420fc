/** What is asked of the node, while it is on its way and after. */
import { untrack } from "svelte";
import type { List } from "./shapes";

export type Loaded<T> =
  | { readonly at: "loading" }
  | { readonly at: "here"; readonly value: T }
  | { readonly at: "failed"; readonly error: unknown };

/** One answer that can be asked for again. An older answer never overtakes a newer question. */
export class Asked<T> {
  #state = $state.raw<Loaded<T>>({ at: "loading" });
  #turn = 0;
  #pending = 0;
  readonly #ask: () => Promise<T>;

  constructor(ask: () => Promise<T>) {
    this.#ask = ask;
  }

  get now(): Loaded<T> {
    return this.#state;
  }

  /** A question is on its way, whose answer may be of before. */
  get isAsking(): boolean {
    return this.#pending > 0;
  }

  /** Untracked: an effect that asks must not run again because of the answer. */
  #begin(): void {
    untrack(() => {
      if (this.#state.at === "failed") this.#state = { at: "loading" };
    });
  }

  /** Replaces what is here, without asking. */
  set(value: T): void {
    this.#turn++;
    this.#state = { at: "here", value };
  }

  /** As it was before the first question. */
  clear(): void {
    this.#turn++;
    this.#state = { at: "loading" };
  }

  /** Asks; what is here stays until the answer comes, and stays if none comes. */
  async ask(): Promise<void> {
    const turn = ++this.#turn;
    this.#pending++;
    this.#begin();
    try {
      const value = await this.#ask();
      if (turn === this.#turn) this.#state = { at: "here", value };
    } catch (error) {
      if (turn === this.#turn && this.#state.at !== "here") this.#state = { at: "failed", error };
    } finally {
      this.#pending--;
    }
  }
}

interface Named {
  readonly id: string;
}

/** A list that comes page by page, each item once. */
export class Paged<T extends Named> {
  #items = $state.raw<readonly T[]>([]);
  #state = $state.raw<Loaded<null>>({ at: "loading" });
  #next = $state<string | null>(null);
  #more = $state(false);
  #turn = 0;
  #changes = 0;
  #looks = 0;
  /** What was put here since the first page was asked for: an answer from before knows nothing of it. */
  #put: readonly T[] = [];
  readonly #ask: (cursor?: string) => Promise<List<T>>;

  constructor(ask: (cursor?: string) => Promise<List<T>>) {
    this.#ask = ask;
  }

  get items(): readonly T[] {
    return this.#items;
  }
  get now(): Loaded<null> {
    return this.#state;
  }
  get hasMore(): boolean {
    return this.#next !== null;
  }
  get loadingMore(): boolean {
    return this.#more;
  }

  /** The first page, anew. What is here stays until the answer comes. */
  async first(): Promise<void> {
    const turn = ++this.#turn;
    this.#put = [];
    this.#begin();
    try {
      const page = await this.#ask();
      if (turn === this.#turn) this.show({ ...page, items: [...this.#put, ...page.items] });
    } catch (error) {
      if (turn === this.#turn && this.#state.at !== "here") this.#state = { at: "failed", error };
    }
  }

  /** Untracked: an effect that asks must not run again because of the answer. */
  #begin(): void {
    untrack(() => {
      if (this.#state.at === "failed") this.#state = { at: "loading" };
    });
  }

  /** The first page, asked for again: what came since goes on top, what is below stays. All anew if something may lie between. */
  async again(): Promise<void> {
    if (untrack(() => this.#state.at) !== "here") return this.first();
    const turn = this.#turn;
    const page = await this.#ask().catch(() => null);
    if (!page || turn !== this.#turn) return;
    const known = new Set(this.#items.map(({ id }) => id));
    if (page.items.some(({ id }) => known.has(id))) this.#items = eachOnce([...page.items, ...this.#items]);
    else this.show(page);
  }

  /** Brings what is here of the first page up to date; what came since is left out. */
  async refresh(): Promise<void> {
    const page = await this.look();
    if (page) this.renew(page.items);
  }

  /** The first page as it is now, without showing it; null if none comes, or one from before a newer question or a change here. */
  async look(): Promise<List<T> | null> {
    const [turn, look, change] = [this.#turn, ++this.#looks, this.#changes];
    const page = await this.#ask().catch(() => null);
    return turn === this.#turn && look === this.#looks && change === this.#changes ? page : null;
  }

  async more(): Promise<void> {
    if (this.#next === null || this.#more) return;
    const turn = this.#turn;
    this.#more = true;
    try {
      const page = await this.#ask(this.#next);
      if (turn !== this.#turn) return;
      this.#items = eachOnce([...this.#items, ...page.items]);
      this.#next = page.next;
    } finally {
      this.#more = false;
    }
  }

  show(page: List<T>): void {
    this.#items = eachOnce(page.items);
    this.#next = page.next;
    this.#state = { at: "here", value: null };
  }

  /** As it was before the first page. */
  clear(): void {
    this.#turn++;
    this.#put = [];
    this.#items = [];
    this.#next = null;
    this.#state = { at: "loading" };
  }

  /** Newer versions of items that are here already; the others are left out. */
  renew(items: readonly T[]): void {
    this.#changes++;
    const newer = new Map(items.map((item) => [item.id, item]));
    this.#items = this.#items.map((item) => newer.get(item.id) ?? item);
  }

  /** Has those for which `mine` holds as they are in `items`: what came stands on top, what is gone is dropped, all others stay. */
  bring(items: readonly T[], mine: (item: T) => boolean): void {
    const wanted = items.filter(mine);
    const there = new Set(wanted.map(({ id }) => id));
    const known = new Set(this.#items.map(({ id }) => id));
    const stay = this.#items.filter((item) => !mine(item) || there.has(item.id));
    this.#items = [...wanted.filter(({ id }) => !known.has(id)), ...stay];
  }

  putFirst(item: T): void {
    this.#changes++;
    this.#put = [item, ...this.#put];
    this.#items = eachOnce([item, ...this.#items]);
  }

  /** Puts it at the end, if the end is here. */
  putLast(item: T): void {
    if (this.#next === null) this.#items = eachOnce([...this.#items, item]);
  }

  drop(id: string): void {
    this.#changes++;
    this.#put = this.#put.filter((item) => item.id !== id);
    this.#items = this.#items.filter((item) => item.id !== id);
  }
}

/** The items without repeats; the first of each stays where it is. */
export function eachOnce<T extends Named>(items: readonly T[]): T[] {
  const seen = new Set<string>();
  return items.filter((item) => !seen.has(item.id) && seen.add(item.id));
}

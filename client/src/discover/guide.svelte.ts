/** What one looks for on Discover, and what there is of it; kept while one is elsewhere. */
import { saw } from "../people/relations.svelte";
import { whenSomebodyEnters } from "../people/session.svelte";
import * as wire from "../wire/discover";
import { Asked, Paged } from "../wire/loading.svelte";
import { askUpon } from "../wire/me-feed";
import { found } from "../wire/people";
import type { Known, SpaceCard } from "../wire/shapes";

/** Hints come by the feed; this is for networks that carry none, and for what is announced. */
const AGAIN_MS = 30_000;
const PAUSE_MS = 200;

let words = $state("");
let topic = $state<string | null>(null);
const wanted = $derived<wire.Wanted>({ words: words.trim(), topic });

const live = new Paged<SpaceCard>((cursor) => wire.live(wanted, cursor));
const upcoming = new Paged<SpaceCard>((cursor) => wire.upcoming(wanted, cursor));
const topics = new Asked(async () => (await wire.topics()).items);
const suggested = new Asked(async () => {
  const { items } = await wire.people();
  saw(items.map(({ person }) => person));
  return items;
});
const named = new Asked<readonly Known[]>(async () => {
  const { items } = await found(wanted.words);
  saw(items);
  return items;
});

export const guide = {
  live,
  upcoming,
  topics,
  suggested,
  /** Whose names begin so. */
  named,
  get words() {
    return words;
  },
  set words(said: string) {
    words = said;
  },
  get topic() {
    return topic;
  },
  /** Chooses a topic; the chosen one a second time chooses none. */
  choose(next: string) {
    topic = topic === next ? null : next;
  },
  get looking() {
    return wanted.words !== "" || topic !== null;
  },
  forget() {
    words = "";
    topic = null;
  },
};

function look(): void {
  void live.first();
  void upcoming.first();
  if (wanted.words !== "") void named.ask();
}

function again(): void {
  if (document.visibilityState !== "visible") return;
  void live.first();
  void topics.ask();
}

/** Looks when what one looks for changes, and stays fresh, while the calling component lives. */
export function keepLooking(): void {
  $effect(() => {
    // What is typed is looked for when one pauses.
    const { words: said } = wanted;
    const timer = setTimeout(look, said === "" ? 0 : PAUSE_MS);
    return () => clearTimeout(timer);
  });
  $effect(() => {
    void topics.ask();
    void suggested.ask();
    const timer = setInterval(again, AGAIN_MS);
    const deaf = askUpon(["bubbles"], again);
    document.addEventListener("visibilitychange", again);
    return () => {
      clearInterval(timer);
      deaf();
      document.removeEventListener("visibilitychange", again);
    };
  });
}

whenSomebodyEnters(() => {
  guide.forget();
  for (const list of [live, upcoming, topics, suggested, named]) list.clear();
});

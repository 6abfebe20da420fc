/** The bubbles: live Spaces in which somebody one follows is on stage. The node says how they look now; what it leaves open is asked for. */

import { untrack } from "svelte";
import { whenRelationsChange } from "../people/relations.svelte";
import { whenSomebodyEnters } from "../people/session.svelte";
import { Asked } from "../wire/loading.svelte";
import { hearsNews, Later, onNews } from "../wire/me-feed";
import { type News, spacesIn } from "../wire/news";
import type { SpaceCard } from "../wire/shapes";
import { restated } from "../wire/space-card";
import { bubbles } from "../wire/spaces";

/** News come by the feed; this is for those whose network carries none, and a fifth as often for what a feed may have missed. */
const AGAIN_MS = 30_000;
const HEARD_EVERY = 5;

const asked = new Asked<readonly SpaceCard[]>(async () => (await bubbles()).items);

export const liveNow = {
  get now() {
    return asked.now;
  },
};

const later = new Later(() => void asked.ask());

/** Spaces that are bubbles already look as the news say; whether one still follows somebody there is asked later. */
function follow(says: News["says"] | null): void {
  if (says === null) {
    void asked.ask();
    return;
  }
  if (asked.isAsking) later.after(says);
  const { now } = asked;
  if (now.at !== "here") return;
  const newer = spacesIn(says);
  if (!now.value.some(({ id }) => newer.has(id))) return;
  const cards = now.value.map((card) => restated(card, newer.get(card.id)));
  asked.set(cards.filter(({ state }) => state === "live"));
  later.after(says);
}

/** A Space that was none becomes a bubble, on top. */
function welcome(says: News["says"] | null): void {
  const { now } = asked;
  if (says === null) return;
  later.after(says);
  if (now.at !== "here") return;
  const known = new Set(now.value.map(({ id }) => id));
  const fresh = [...spacesIn(says).values()].filter(({ id, state }) => state === "live" && !known.has(id));
  if (fresh.length > 0) asked.set([...fresh, ...now.value]);
}

whenSomebodyEnters(() => asked.clear());
whenRelationsChange(() => void asked.ask());

/** Keeps the bubbles fresh while the calling component lives and the page is looked at. */
export function keepBubbles(): void {
  $effect(() => {
    void asked.ask();
    let turn = 0;
    const timer = setInterval(() => {
      turn++;
      if (hearsNews() && turn % HEARD_EVERY !== 0) return;
      if (document.visibilityState === "visible") void asked.ask();
    }, AGAIN_MS);
    const seen = () => {
      if (document.visibilityState === "visible") void asked.ask();
    };
    document.addEventListener("visibilitychange", seen);
    const deaf = [
      onNews("bubbles", (says) => untrack(() => follow(says))),
      onNews("bubble", (says) => untrack(() => welcome(says))),
    ];
    return () => {
      for (const stop of deaf) stop();
      later.cancel();
      clearInterval(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  });
}

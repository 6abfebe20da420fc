/** The bubbles: live Spaces in which somebody one follows is on stage. Asked for again on a hint, and now and then. */

import { whenRelationsChange } from "../people/relations.svelte";
import { whenSomebodyEnters } from "../people/session.svelte";
import { Asked } from "../wire/loading.svelte";
import { onNews } from "../wire/me-feed";
import type { SpaceCard } from "../wire/shapes";
import { bubbles } from "../wire/spaces";

/** Hints come by the feed; this is for those whose network carries none. */
const AGAIN_MS = 30_000;

const asked = new Asked<readonly SpaceCard[]>(async () => (await bubbles()).items);

export const liveNow = {
  get now() {
    return asked.now;
  },
};

whenSomebodyEnters(() => asked.clear());
whenRelationsChange(() => void asked.ask());

/** Keeps the bubbles fresh while the calling component lives and the page is looked at. */
export function keepBubbles(): void {
  $effect(() => {
    void asked.ask();
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") void asked.ask();
    }, AGAIN_MS);
    const seen = () => {
      if (document.visibilityState === "visible") void asked.ask();
    };
    document.addEventListener("visibilitychange", seen);
    const deaf = onNews("bubbles", () => void asked.ask());
    return () => {
      deaf();
      clearInterval(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  });
}

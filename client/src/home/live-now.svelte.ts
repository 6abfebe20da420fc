/** The bubbles: live Spaces in which somebody one follows is on stage. Asked for again on a hint, and now and then. */
import { Asked } from "../wire/loading.svelte";
import type { SpaceCard } from "../wire/shapes";
import { bubbles } from "../wire/spaces";

const AGAIN_MS = 20_000;

const asked = new Asked<readonly SpaceCard[]>(async () => (await bubbles()).items);

export const liveNow = {
  get now() {
    return asked.now;
  },
};

/** Asks again: something changed. */
export const refreshBubbles = (): Promise<void> => asked.ask();

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
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  });
}

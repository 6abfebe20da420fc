/** How many lines of the notifications have something new. The node says it upon everything that happens. */
import { untrack } from "svelte";
import { whenSomebodyEnters } from "../people/session.svelte";
import { Asked } from "../wire/loading.svelte";
import { Later, onNews } from "../wire/me-feed";
import { spacesIn } from "../wire/news";
import * as wire from "../wire/notices";

const asked = new Asked<number>(async () => (await wire.unread()).unread);

/** None, until the node has said how many. */
export const unreadNotices = (): number => (asked.now.at === "here" ? asked.now.value : 0);

whenSomebodyEnters(() => asked.clear());

/** Asks how many there are: what is counted has changed. */
export const recount = (): Promise<void> => asked.ask();

const later = new Later(() => void recount());

/** Keeps the count true until the returned function is called. */
export function keepUnread(): () => void {
  untrack(() => void recount());
  const deaf = [
    onNews("notice", (says) => {
      if (typeof says?.unread === "number") asked.set(says.unread);
      else void recount();
    }),
    // Who goes live is told as a bubble, and counts.
    onNews("bubble", (says) => {
      if (says !== null) later.after(says);
    }),
    // And no more when it is over.
    onNews("bubbles", (says) => {
      if (says !== null && [...spacesIn(says).values()].some(({ state }) => state !== "live"))
        later.after(says);
    }),
    () => later.cancel(),
  ];
  return () => {
    for (const stop of deaf) stop();
  };
}

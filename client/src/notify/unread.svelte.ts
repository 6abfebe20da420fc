/** How many lines of the notifications have something new. The node says it upon everything that happens. */
import { untrack } from "svelte";
import { whenSomebodyEnters } from "../people/session.svelte";
import { Asked } from "../wire/loading.svelte";
import { onNews } from "../wire/me-feed";
import * as wire from "../wire/notices";

const asked = new Asked<number>(async () => (await wire.unread()).unread);

/** None, until the node has said how many. */
export const unreadNotices = (): number => (asked.now.at === "here" ? asked.now.value : 0);

whenSomebodyEnters(() => asked.clear());

/** Asks how many there are: what is counted has changed. */
export const recount = (): Promise<void> => asked.ask();

/** Keeps the count true until the returned function is called. */
export function keepUnread(): () => void {
  untrack(() => void recount());
  const deaf = [
    onNews("notice", (says) => {
      if (typeof says?.unread === "number") asked.set(says.unread);
      else void recount();
    }),
    // Who goes live is told as a bubble, and counts.
    onNews("bubbles", (says) => {
      if (says !== null) void recount();
    }),
  ];
  return () => {
    for (const stop of deaf) stop();
  };
}

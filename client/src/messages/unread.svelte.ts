/** How many conversations and requests wait: the number on the way to the messages. */
import { untrack } from "svelte";
import { whenSomebodyEnters, who } from "../people/session.svelte";
import { Asked } from "../wire/loading.svelte";
import { onNews } from "../wire/me-feed";
import * as wire from "../wire/messages";

const asked = new Asked(wire.unread);

export const unread = {
  get requests(): number {
    return asked.now.at === "here" ? asked.now.value.requests : 0;
  },
  get count(): number {
    return asked.now.at === "here" ? asked.now.value.conversations + asked.now.value.requests : 0;
  },
};

whenSomebodyEnters(() => asked.clear());

/** Keeps the number right while the calling component lives and somebody is signed in. */
export function keepUnread(): void {
  const me = $derived(who.me?.id);
  $effect(() => {
    if (me === undefined) return undefined;
    untrack(() => void asked.ask());
    return onNews("message", () => void asked.ask());
  });
}

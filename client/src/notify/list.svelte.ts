/** The notifications. They outlive the page, so that "back" finds them as they were. */
import { untrack } from "svelte";
import { whenSomebodyEnters } from "../people/session.svelte";
import { Paged } from "../wire/loading.svelte";
import { askUpon, onNews } from "../wire/me-feed";
import * as wire from "../wire/notices";
import type { Notice } from "../wire/shapes";

export const notices = new Paged<Notice>(wire.page);

whenSomebodyEnters(() => notices.clear());

/** Asks for the newest, and counts what one looks at as read. What was new stays marked until the next look. */
export async function look(): Promise<void> {
  await notices.first();
  const newest = notices.items[0];
  if (document.visibilityState !== "visible" || !newest || !notices.items.some(({ unread }) => unread))
    return;
  // The count comes back by the `me` feed; if this fails, it stays, and the next look tries again.
  await wire.readUpTo(newest.at).catch(() => null);
}

/** Who is live is told by no notice of its own, and the hint is of all Spaces: only these lines change. */
async function lookWhoIsLive(): Promise<void> {
  if (document.visibilityState !== "visible" || notices.now.at !== "here") return;
  const page = await wire.page().catch(() => null);
  if (!page) return;
  const oldest = page.next === null ? "" : (page.items.at(-1)?.at ?? "");
  notices.bring(page.items, ({ kind, at }) => kind === "live" && at >= oldest);
}

/** Keeps the list new while the calling component lives and is looked at. */
export function keepNotices(): void {
  $effect(() => {
    untrack(() => void look());
    const seen = () => {
      if (document.visibilityState === "visible") void look();
    };
    document.addEventListener("visibilitychange", seen);
    // Nothing unread: that is the answer to one's own reading, here or elsewhere.
    const deaf = onNews("notice", (says) => {
      if (says?.unread !== 0) void look();
    });
    const unseen = askUpon(["bubble", "bubbles"], () => void lookWhoIsLive());
    return () => {
      deaf();
      unseen();
      document.removeEventListener("visibilitychange", seen);
    };
  });
}

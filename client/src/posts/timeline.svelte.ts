/** The home timeline. It outlives the page, so that "back" finds it as it was. */
import { untrack } from "svelte";
import { whileSeen } from "../browser/while-seen";
import { whenRelationsChange } from "../people/relations.svelte";
import { whenSomebodyEnters } from "../people/session.svelte";
import { Paged } from "../wire/loading.svelte";
import { Later, onNews } from "../wire/me-feed";
import { type News, spacesIn } from "../wire/news";
import * as wire from "../wire/posts";
import type { List, Post } from "../wire/shapes";
import { restated } from "../wire/space-card";
import { goneSince, newerThan } from "./newer";

const LOOK_MS = 45_000;

export const timeline = new Paged<Post>(wire.timeline);

let fresh = $state.raw<List<Post> | null>(null);
let newer = $state(0);

export const news = {
  /** How many posts came since the list was drawn. */
  get count(): number {
    return newer;
  },
};

whenSomebodyEnters(() => {
  timeline.clear();
  forgetNews();
});

whenRelationsChange(() => {
  forgetNews();
  void timeline.first();
});

/** Draws what came. */
export function showNews(): void {
  if (fresh) timeline.show(fresh);
  forgetNews();
}

function forgetNews(): void {
  fresh = null;
  newer = 0;
}

/** Counts what came, and brings what is shown up to date: Spaces begin and end, posts are deleted. */
async function lookForNews(): Promise<void> {
  if (timeline.now.at !== "here") return timeline.first();
  const shown = timeline.items;
  const page = await timeline.look();
  if (!page) return;
  timeline.renew(page.items);
  for (const { id } of goneSince(shown, page)) timeline.drop(id);
  newer = newerThan(timeline.items, page.items);
  fresh = newer > 0 ? page : null;
  // Nothing to be pushed down: the first posts of an empty timeline may just appear.
  if (newer > 0 && timeline.items.length === 0) showNews();
}

const later = new Later(() => void lookForNews());

/** Cards look as the news say, and what is over may have a replay; a feed that has just opened may have missed some. */
function hear(says: News["says"] | null): void {
  if (says === null) {
    void lookForNews();
    return;
  }
  const newer = spacesIn(says);
  const changed = timeline.items.filter(({ attachment }) => attachment && newer.has(attachment.id));
  if (changed.length === 0) return;
  timeline.renew(
    changed.map((post) => {
      const { attachment } = post;
      return attachment ? { ...post, attachment: restated(attachment, newer.get(attachment.id)) } : post;
    }),
  );
  if ([...newer.values()].some(({ state }) => state === "ended")) later.after(says);
}

/** Looks for news now and then while the calling component lives and the page is looked at. */
export function keepTimeline(): void {
  $effect(() => {
    untrack(() => void lookForNews());
    const rest = whileSeen(() => void lookForNews(), LOOK_MS);
    const deaf = onNews("bubbles", (says) => untrack(() => hear(says)));
    return () => {
      rest();
      later.cancel();
      deaf();
    };
  });
}

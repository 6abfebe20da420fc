/** Whom one follows, as far as this page has seen it; one answer for all buttons of the same person. */
import { SvelteMap } from "svelte/reactivity";
import * as wire from "../wire/people";
import type { Profile } from "../wire/shapes";
import { changed, whenSomebodyEnters, who } from "./session.svelte";

const known = new SvelteMap<string, boolean>();

const afterwards: (() => void)[] = [];

/** Has `then` called when one follows somebody more, or less: other posts and bubbles are one's own now. */
export function whenFollowsChange(then: () => void): void {
  afterwards.push(then);
}

/** What is known of following `id`; undefined if nothing. */
export const follows = (id: string): boolean | undefined => known.get(id);

export function saw(profile: Profile): void {
  known.set(profile.id, profile.relation.following || profile.relation.requested);
}

/** These are people whom one follows (or does not). */
export function sawAll(people: readonly { readonly id: string }[], followed: boolean): void {
  for (const { id } of people) if (!known.has(id)) known.set(id, followed);
}

/** Follows or unfollows. Shown at once, taken back if the node says no. */
export async function setFollow(id: string, wish: boolean): Promise<Profile> {
  const before = known.get(id);
  known.set(id, wish);
  try {
    const profile = await (wish ? wire.follow(id) : wire.unfollow(id));
    saw(profile);
    for (const then of afterwards) then();
    if (who.me && before !== wish) changed({ following: Math.max(0, who.me.following + (wish ? 1 : -1)) });
    return profile;
  } catch (error) {
    if (before === undefined) known.delete(id);
    else known.set(id, before);
    throw error;
  }
}

whenSomebodyEnters(() => known.clear());

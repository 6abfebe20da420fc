/** How one stands to people, as far as this page has seen it; one answer for all buttons of the same person. */
import { SvelteMap } from "svelte/reactivity";
import * as wire from "../wire/people";
import type { Known, Profile, Relation } from "../wire/shapes";
import { changed, whenSomebodyEnters, who } from "./session.svelte";

const known = new SvelteMap<string, Relation>();

const afterwards: (() => void)[] = [];

/** Has `then` called when one hears of other people than before: other posts and bubbles are one's own now. */
export function whenRelationsChange(then: () => void): void {
  afterwards.push(then);
}

/** How one stands to `id`; undefined if nothing is known of it. */
export const relationTo = (id: string): Relation | undefined => known.get(id);

/** What the node has just told of these people. */
export function saw(people: readonly Known[]): void {
  for (const { id, relation } of people) known.set(id, relation);
}

/** Follows, or asks to where the account is protected. */
export const follow = (person: Known) =>
  turn(person.id, person.protected ? { requested: true } : { following: true }, () => wire.follow(person.id));
/** Follows no longer, nor asks to. */
export const unfollow = (id: string) =>
  turn(id, { following: false, requested: false }, () => wire.unfollow(id));
export const mute = (id: string) => turn(id, { muting: true }, () => wire.mute(id));
export const unmute = (id: string) => turn(id, { muting: false }, () => wire.unmute(id));
export const block = (id: string) => turn(id, {}, () => wire.block(id));
export const unblock = (id: string) => turn(id, { blocking: false }, () => wire.unblock(id));
/** Has them follow oneself no longer. */
export const dropFollower = (id: string) => turn(id, { followed_by: false }, () => wire.dropFollower(id));

/** Answers somebody who asks to follow. */
export async function answer(id: string, accepted: boolean): Promise<Profile> {
  const profile = await turn(id, { requested_by: false }, () => wire.answer(id, accepted));
  if (who.me) changed({ follow_requests: Math.max(0, who.me.follow_requests - 1) });
  return profile;
}

/** Shown at once, taken back if the node says no. */
async function turn(id: string, wish: Partial<Relation>, deed: () => Promise<Profile>): Promise<Profile> {
  const before = known.get(id);
  if (before) known.set(id, { ...before, ...wish });
  try {
    const profile = await deed();
    saw([profile]);
    count(before, profile.relation);
    for (const then of afterwards) then();
    return profile;
  } catch (error) {
    if (before) known.set(id, before);
    throw error;
  }
}

/** My own figures, without asking. */
function count(before: Relation | undefined, now: Relation): void {
  if (!before || !who.me) return;
  changed({
    following: Math.max(0, who.me.following + Number(now.following) - Number(before.following)),
    followers: Math.max(0, who.me.followers + Number(now.followed_by) - Number(before.followed_by)),
  });
}

whenSomebodyEnters(() => known.clear());

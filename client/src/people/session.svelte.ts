/** Who one is here, and what kind of place this node is. */

import { onLapse } from "../wire/node";
import * as wire from "../wire/people";
import { Refused } from "../wire/problem";
import type { Instance, Me } from "../wire/shapes";

export type Session =
  | { readonly at: "asking" }
  | { readonly at: "out" }
  | { readonly at: "in"; readonly me: Me }
  | { readonly at: "lost"; readonly error: unknown };

let session = $state.raw<Session>({ at: "asking" });
let instance = $state.raw<Instance | null>(null);

export const who = {
  get session(): Session {
    return session;
  },
  get me(): Me | null {
    return session.at === "in" ? session.me : null;
  },
  /** Null until the node has answered. */
  get instance(): Instance | null {
    return instance;
  },
};

/** Asks the node both questions; called at the start, and again while it cannot be reached. */
export async function begin(): Promise<void> {
  const [about, mine] = await Promise.allSettled([wire.instance(), wire.me()]);
  if (about.status === "fulfilled") instance = about.value;
  session = mine.status === "fulfilled" ? { at: "in", me: mine.value } : ending(mine.reason);
}

function ending(error: unknown): Session {
  return error instanceof Refused && error.problem.status === 401 ? { at: "out" } : { at: "lost", error };
}

const forgetters: (() => void)[] = [];

/** Has `forget` called whenever somebody comes in: nothing of the one before may stay. */
export function whenSomebodyEnters(forget: () => void): void {
  forgetters.push(forget);
}

export function entered(me: Me): void {
  for (const forget of forgetters) forget();
  session = { at: "in", me };
}

/** My own figures changed: a new picture, one more whom I follow. */
export function changed(me: Partial<Me>): void {
  if (session.at === "in") session = { at: "in", me: { ...session.me, ...me } };
}

// The session ended elsewhere, or its time was over.
onLapse(() => {
  if (session.at === "in") session = { at: "out" };
});

/** The account is deleted: nobody is signed in any more. */
export function left(): void {
  session = { at: "out" };
}

/** Signs out. Even without an answer this page forgets who one was. */
export async function signOut(): Promise<void> {
  await wire.signOut();
  session = { at: "out" };
}

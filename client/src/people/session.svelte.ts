/** Who one is here, and what kind of place this node is. */

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

/** Asks the node both questions; called at the start, and again when it could not be reached. */
export async function begin(): Promise<void> {
  session = { at: "asking" };
  const [about, mine] = await Promise.allSettled([wire.instance(), wire.me()]);
  if (about.status === "fulfilled") instance = about.value;
  session = mine.status === "fulfilled" ? { at: "in", me: mine.value } : ending(mine.reason);
}

function ending(error: unknown): Session {
  return error instanceof Refused && error.problem.status === 401 ? { at: "out" } : { at: "lost", error };
}

export function entered(me: Me): void {
  session = { at: "in", me };
}

/** My own figures changed: a new picture, one more whom I follow. */
export function changed(me: Partial<Me>): void {
  if (session.at === "in") session = { at: "in", me: { ...session.me, ...me } };
}

/** Signs out. Even without an answer this page forgets who one was. */
export async function signOut(): Promise<void> {
  await wire.signOut();
  session = { at: "out" };
}

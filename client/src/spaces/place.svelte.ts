/** Which Space one is in, as the rest of the client sees it. */
import type { Source } from "../wire/spaces";
import { act, forget, visitSpace } from "./visit.svelte";

export type Place =
  | { at: "nowhere" }
  /** `view` is what shows it: the sheet (right-hand column on a desktop), or the dock at the foot of the page. */
  | { at: "space"; id: string; view: "sheet" | "dock" };

/** Outlives a reload of the page, and nothing longer. */
const KEPT = "cooee.space";
/** The Space into which one came although one has blocked somebody on its stage: asked once is enough. */
const ANYWAY = "cooee.anyway";

let current = $state<Place>({ at: "nowhere" });
let starting = $state(false);

export const place = {
  get now(): Place {
    return current;
  },
  /** The start sheet is open. */
  get starting(): boolean {
    return starting;
  },
  set starting(open: boolean) {
    starting = open;
  },
};

/** Opens the sheet of Space `id` and joins it; leaves the one before. `source`: how one got here. */
export function enter(id: string, source?: Source): void {
  current = { at: "space", id, view: "sheet" };
  sessionStorage.setItem(KEPT, id);
  visitSpace(id, sessionStorage.getItem(ANYWAY) === id, source);
}

/** Comes in although one has blocked somebody who is on stage. */
export function joinAnyway(): void {
  if (current.at === "space") sessionStorage.setItem(ANYWAY, current.id);
  act.joinAnyway();
}

/** Closes the sheet; the room stays in the dock. */
export function fold(): void {
  if (current.at === "space") current = { ...current, view: "dock" };
}

/** Opens the sheet again. */
export function unfold(): void {
  if (current.at === "space") current = { ...current, view: "sheet" };
}

/** Is in no Space any more. */
export function depart(): void {
  sessionStorage.removeItem(KEPT);
  sessionStorage.removeItem(ANYWAY);
  forget();
  current = { at: "nowhere" };
}

/** After a reload: back into the Space one was in, in the same role, muted. */
export function comeBack(): void {
  const id = sessionStorage.getItem(KEPT);
  if (id && current.at === "nowhere") enter(id);
}

/** It is over: a reload must not bring one back. */
export function forgetPlace(): void {
  sessionStorage.removeItem(KEPT);
}

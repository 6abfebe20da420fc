import type { List } from "../wire/shapes";

interface Named {
  readonly id: string;
}

/** How many of `page`, newest first, came before the first that is in `shown`. */
export function newerThan(shown: readonly Named[], page: readonly Named[]): number {
  const known = new Set(shown.map(({ id }) => id));
  const first = page.findIndex(({ id }) => known.has(id));
  return first === -1 ? page.length : first;
}

/** Which of `shown` are not there any longer: those that `page`, asked for later, would have to hold and does not. */
export function goneSince(shown: readonly Named[], page: List<Named>): readonly Named[] {
  const there = new Set(page.items.map(({ id }) => id));
  const last = page.next === null ? shown.length : shown.findLastIndex(({ id }) => there.has(id));
  return shown.slice(0, Math.max(0, last)).filter(({ id }) => !there.has(id));
}

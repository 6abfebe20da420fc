interface Named {
  readonly id: string;
}

/** How many of `page`, newest first, came before the first that is in `shown`. */
export function newerThan(shown: readonly Named[], page: readonly Named[]): number {
  const known = new Set(shown.map(({ id }) => id));
  const first = page.findIndex(({ id }) => known.has(id));
  return first === -1 ? page.length : first;
}

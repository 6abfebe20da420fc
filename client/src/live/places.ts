/** Where people stand on the stage as it is drawn; `null` is a place that somebody left. */
export type Places = readonly (string | null)[];

/**
 * The places of `people`: whoever was there keeps theirs, so that nobody's face moves when somebody else goes; who comes
 * takes an empty one first, then one at the end. No empty place stands last.
 */
export function places(before: Places, people: readonly string[]): Places {
  const here = new Set(people);
  const kept = before.map((person) => (person !== null && here.has(person) ? person : null));
  for (const person of people) {
    if (kept.includes(person)) continue;
    const empty = kept.indexOf(null);
    kept.splice(empty === -1 ? kept.length : empty, 1, person);
  }
  while (kept.at(-1) === null) kept.pop();
  return kept;
}

/**
 * The order of `wanted` notes, as they are seen and read: what stands stays where it is, and what is new comes above it all.
 * So nothing of what stands is moved, and it is read where it is seen.
 */
export function stacked<Note>(before: readonly Note[], wanted: readonly Note[]): readonly Note[] {
  const fresh = wanted.filter((note) => !before.includes(note));
  return [...fresh, ...before.filter((note) => wanted.includes(note))];
}

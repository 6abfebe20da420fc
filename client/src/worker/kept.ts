/** Which files of the built client are kept, and which come next. */

/** A file of the build, as vite.config.ts lists it. */
export interface Built {
  /** Its path without the first slash. */
  readonly url: string;
  readonly revision: string | null;
  /** The first page names it. */
  readonly shell: boolean;
}

/** The next paths to fetch, at most `step`, and how many remain after those. */
export function nextOf(
  built: readonly Built[],
  kept: readonly string[],
  step: number,
): { now: string[]; left: number } {
  const have = new Set(kept);
  const missing = built
    .filter(({ shell }) => !shell)
    .map(({ url }) => `/${url}`)
    .filter((path) => !have.has(path));
  return { now: missing.slice(0, step), left: Math.max(0, missing.length - step) };
}

/** What was kept for a version before. */
export function lapsed(built: readonly Built[], kept: readonly string[]): string[] {
  const named = new Set(built.map(({ url }) => `/${url}`));
  return kept.filter((path) => !named.has(path));
}

/** How much a post may say, in characters as people count them. */
export const MOST_CHARACTERS = 500;

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

export function characters(text: string): number {
  let count = 0;
  for (const _ of segmenter.segment(text)) count++;
  return count;
}

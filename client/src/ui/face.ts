/** What stands in for a person without a picture. */

const PAIRS: readonly (readonly [string, string])[] = [
  ["oklch(0.62 0.21 285)", "oklch(0.6 0.25 308)"],
  ["oklch(0.73 0.15 45)", "oklch(0.62 0.22 8)"],
  ["oklch(0.66 0.12 180)", "oklch(0.58 0.2 258)"],
  ["oklch(0.79 0.15 80)", "oklch(0.64 0.21 38)"],
  ["oklch(0.6 0.14 250)", "oklch(0.72 0.13 175)"],
  ["oklch(0.65 0.21 345)", "oklch(0.58 0.23 295)"],
  ["oklch(0.63 0.16 140)", "oklch(0.74 0.15 118)"],
  ["oklch(0.45 0.03 255)", "oklch(0.6 0.04 240)"],
  ["oklch(0.7 0.13 220)", "oklch(0.55 0.2 275)"],
  ["oklch(0.68 0.19 25)", "oklch(0.55 0.2 345)"],
  ["oklch(0.58 0.12 160)", "oklch(0.7 0.15 145)"],
  ["oklch(0.7 0.15 60)", "oklch(0.6 0.19 25)"],
];

/** The two colours of a person's gradient; always the same for the same `id`. */
export function gradient(id: string): readonly [string, string] {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  const pair = PAIRS[sum % PAIRS.length];
  if (!pair) throw new Error("a remainder is an index");
  return pair;
}

const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** One or two letters: the first of the first and of the last word of `name`. */
export function initials(name: string): string {
  const words = name
    .trim()
    // Of a suspended account there is only the username.
    .replace(/^@(?=.)/u, "")
    .split(/\s+/u)
    .filter((word) => word !== "");
  const first = firstLetter(words.at(0));
  return words.length > 1 ? first + firstLetter(words.at(-1)) : first;
}

function firstLetter(word: string | undefined): string {
  const [letter] = letters.segment(word ?? "");
  return letter?.segment.toLocaleUpperCase() ?? "";
}

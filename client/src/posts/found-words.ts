/** Which parts of a text a search found. Words are those of `cooee/kit/words.py`: folded, each found by its beginning. */

export interface Part {
  readonly text: string;
  readonly found: boolean;
}

/** Marks belong to the letter before them. */
const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{Mn}]*/gu;
const MARKS = /\p{Mn}/gu;

function folded(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\u00df/gu, "ss")
    .normalize("NFKD")
    .replace(MARKS, "")
    .replace(/\u0131/gu, "i");
}

/** The words of a question; of none, nothing is found. */
export const asked = (question: string): string[] => folded(question).match(WORD) ?? [];

/** The text in parts; nothing of it is lost. */
export function parts(text: string, words: readonly string[]): Part[] {
  if (words.length === 0) return [{ text, found: false }];
  const cut: Part[] = [];
  let from = 0;
  for (const match of text.matchAll(WORD)) {
    const flat = folded(match[0]);
    if (!words.some((word) => flat.startsWith(word))) continue;
    if (match.index > from) cut.push({ text: text.slice(from, match.index), found: false });
    cut.push({ text: match[0], found: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) cut.push({ text: text.slice(from), found: false });
  return cut;
}

import { type Fields, fields, list, number, person, text } from "./decode";
import type { CaptionLine } from "./shapes";

/** What somebody who talks just now seems to say. */
export interface Seeming {
  readonly person: string;
  readonly text: string;
}

/** What the feed tells: the last few phrases that are over, and what those who talk seem to say. */
export interface Told {
  readonly lines: readonly CaptionLine[];
  readonly interim: readonly Seeming[];
}

/** So much is kept to scroll back in. */
const MOST = 1000;

/** A `captions` message. Throws `Malformed`. */
export function told(data: unknown): Told {
  const said = fields(data);
  return { lines: list(said.lines, line), interim: list(said.interim, seeming) };
}

function line(value: unknown): CaptionLine {
  const from = fields(value);
  return {
    number: number(from.number),
    person: person(from.person),
    text: text(from.text),
    at: text(from.at),
  };
}

function seeming(value: unknown): Seeming {
  const from: Fields = fields(value);
  return { person: text(from.person), text: text(from.text) };
}

/** What was said, in its order, with what is new; the same list when nothing is. */
export function merged(known: readonly CaptionLine[], fresh: readonly CaptionLine[]): readonly CaptionLine[] {
  const numbers = new Set(known.map((one) => one.number));
  const added = fresh.filter((one) => !numbers.has(one.number));
  if (added.length === 0) return known;
  return [...known, ...added].sort((one, other) => one.number - other.number).slice(-MOST);
}

/** Whether something was said between what is known and what is told that is in neither. */
export function missed(known: readonly CaptionLine[], fresh: readonly CaptionLine[]): boolean {
  const first = fresh[0]?.number;
  const last = known.at(-1)?.number ?? 0;
  return first !== undefined && first > last + 1;
}

/** Whether recognisers of `languages` understand a Space's language: `en-GB` is `en`; where nobody said what it is, they try. */
export const understands = (languages: readonly string[], language: string): boolean =>
  language === "" ? languages.length > 0 : languages.includes(language.toLowerCase().split("-")[0] ?? "");

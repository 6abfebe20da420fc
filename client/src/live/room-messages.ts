import type { Person, RoomMessage } from "../wire/shapes";
import { fields, list, person, text } from "./decode";

/** What the feed tells of late: the last few messages, and which were taken away. */
export interface Told {
  readonly messages: readonly RoomMessage[];
  readonly removed: readonly string[];
}

/** So many are told at once; when none of them is known, some were missed. */
const WINDOW = 20;

/** A `room_messages` message. Throws `Malformed`. */
export function told(data: unknown): Told {
  const said = fields(data);
  return { messages: list(said.messages, message), removed: list(said.removed, text) };
}

function message(value: unknown): RoomMessage {
  const from = fields(value);
  return {
    id: text(from.id),
    author: person(from.author),
    to_host: from.to_host === true,
    text: text(from.text),
    at: text(from.at),
    held: from.held === true,
  };
}

/** What somebody said at some time. */
interface Dated {
  readonly id: string;
  readonly author: Person;
  readonly at: string;
}

/** What was written, oldest first, with what is new; whoever is in `apart` is not read. */
export function merged<Said extends Dated>(
  known: readonly Said[],
  { messages, removed }: { readonly messages: readonly Said[]; readonly removed: readonly string[] },
  apart: ReadonlySet<string>,
): readonly Said[] {
  const all = new Map([...known, ...messages].map((one) => [one.id, one]));
  for (const id of removed) all.delete(id);
  return [...all.values()]
    .filter(({ author }) => !apart.has(author.id))
    .sort((one, other) => (one.at === other.at ? (one.id < other.id ? -1 : 1) : one.at < other.at ? -1 : 1));
}

/** Whether there is more to be asked for than what was told. */
export function missed(
  known: readonly { readonly id: string }[],
  {
    messages,
  }: { readonly messages: readonly { readonly id: string }[]; readonly removed: readonly string[] },
  window = WINDOW,
): boolean {
  return messages.length >= window && !messages.some(({ id }) => known.some((one) => one.id === id));
}

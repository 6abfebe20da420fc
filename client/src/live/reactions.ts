import { fields, list, Malformed, number, text } from "./decode";

export const EMOJI = ["💜", "😂", "👏", "✋", "💯", "👋"] as const;
export type Emoji = (typeof EMOJI)[number];

/** One emoji on its way up. `from` is the participant whose face it rises from; `null` when it stands for many. */
export interface Float {
  readonly id: number;
  readonly emoji: Emoji;
  readonly from: string | null;
  readonly born: number;
  /** Sideways drift, -1 to 1. */
  readonly drift: number;
}

export interface Reactions {
  readonly floats: readonly Float[];
  /** One's own, shown before the server said so, that are still to come back. */
  readonly echoes: readonly { readonly emoji: Emoji; readonly at: number }[];
  /** When one's own were sent, within the last second. */
  readonly sent: readonly number[];
  readonly next: number;
}

export const LIFE_MS = 4000;
const MOST_AT_ONCE = 40;
const PER_SECOND = 5;
/** An echo that has not come back by then never will. */
const ECHO_MS = 3000;

export const NO_REACTIONS: Reactions = { floats: [], echoes: [], sent: [], next: 0 };

interface Batch {
  readonly from: readonly (readonly [string, Emoji])[];
  readonly sum: ReadonlyMap<Emoji, number>;
}

/** What one `reactions` message says. Throws `Malformed`; emoji that are not of the six are left out. */
export function batch(data: unknown): Batch {
  const said = fields(data);
  const sum = new Map<Emoji, number>();
  for (const [emoji, count] of Object.entries(said.sum == null ? {} : fields(said.sum))) {
    if (isEmoji(emoji)) sum.set(emoji, number(count));
  }
  const from = said.from == null ? [] : list(said.from, pair);
  return { from: from.flatMap(([who, emoji]) => (isEmoji(emoji) ? [[who, emoji] as const] : [])), sum };
}

function pair(value: unknown): readonly [string, string] {
  if (!Array.isArray(value)) throw new Malformed("a pair was expected");
  return [text(value[0]), text(value[1])];
}

function isEmoji(word: string): word is Emoji {
  return EMOJI.some((one) => one === word);
}

/** One's own reaction: floats at once. `undefined` when it would be the sixth within a second. */
export function react(state: Reactions, me: string, emoji: Emoji, now: number): Reactions | undefined {
  const sent = state.sent.filter((at) => now - at < 1000);
  if (sent.length >= PER_SECOND) return undefined;
  const shown = rise(state, [[me, emoji]], now);
  return { ...shown, sent: [...sent, now], echoes: [...state.echoes, { emoji, at: now }] };
}

/** The reactions of everybody, as the feed tells them; those that stand only in the sum rise from nobody's face. */
export function told(state: Reactions, said: Batch, me: string, now: number): Reactions {
  const echoes = state.echoes.filter((echo) => now - echo.at < ECHO_MS);
  const fresh: (readonly [string | null, Emoji])[] = [];
  const named = new Map<Emoji, number>();
  for (const [who, emoji] of said.from) {
    named.set(emoji, (named.get(emoji) ?? 0) + 1);
    const echo = who === me ? echoes.findIndex((one) => one.emoji === emoji) : -1;
    if (echo >= 0) echoes.splice(echo, 1);
    else fresh.push([who, emoji]);
  }
  for (const [emoji, count] of said.sum) {
    for (const _ of crowd(count - (named.get(emoji) ?? 0))) fresh.push([null, emoji]);
  }
  return rise({ ...state, echoes }, fresh, now);
}

/** A thousand reactions look like ten: the stream's density follows the logarithm of the sum. */
function crowd(rest: number): readonly null[] {
  return rest <= 0 ? [] : new Array<null>(Math.min(10, Math.ceil(Math.log2(rest + 1)))).fill(null);
}

function rise(state: Reactions, fresh: readonly (readonly [string | null, Emoji])[], now: number): Reactions {
  if (fresh.length === 0) return state;
  const born = fresh.map(([from, emoji], index) => {
    const id = state.next + index;
    return { id, emoji, from, born: now, drift: drift(id) };
  });
  const floats = [...alive(state.floats, now), ...born].slice(-MOST_AT_ONCE);
  return { ...state, floats, next: state.next + fresh.length };
}

/** Scattered and yet the same for the same number: multiples of the golden ratio never cluster. */
function drift(id: number): number {
  return ((id * 0.618_033_988_7) % 1) * 2 - 1;
}

function alive(floats: readonly Float[], now: number): readonly Float[] {
  return floats.filter((one) => now - one.born < LIFE_MS);
}

/** Without those whose four seconds are over; the same object when nothing is over. */
export function settle(state: Reactions, now: number): Reactions {
  const floats = alive(state.floats, now);
  return floats.length === state.floats.length ? state : { ...state, floats };
}

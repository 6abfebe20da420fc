import type { SpaceCard } from "./shapes";

/** What the `me` feed tells: of what there is news, and what it says of it. */
export interface News {
  readonly of: Subject;
  /** As the node sent it: read it with care, or just ask again. */
  readonly says: Readonly<Record<string, unknown>>;
}

const SUBJECTS = ["bubbles", "bubble", "notice", "message"] as const;
/** `bubbles`: public Spaces look different. `bubble`: somebody one follows came on a stage. */
export type Subject = (typeof SUBJECTS)[number];

/** The news in a frame of the `me` feed; null if it has none that we know. */
export function newsIn(frame: unknown): News | null {
  if (typeof frame !== "string") return null;
  const told = parse(frame);
  if (told?.type !== "live" || !isRecord(told.data)) return null;
  const named = told.channel === "hint" ? told.data.changed : told.channel;
  const of = SUBJECTS.find(
    (subject) => subject === named && (subject === "bubbles") === (told.channel === "hint"),
  );
  return of ? { of, says: told.data } : null;
}

/**
 * The Spaces of which there is news, as they look now, by their ids. Whether one has a ticket they do not know, and so
 * nothing of what it costs: no price is better than one that somebody has paid already.
 */
export function spacesIn(says: News["says"]): ReadonlyMap<string, SpaceCard> {
  const cards = Array.isArray(says.spaces) ? says.spaces.filter(isCard) : [];
  return new Map(cards.map((card) => [card.id, { ...card, ticket: null }]));
}

/** When to ask for what the news left open: so many heard it that the node could not answer all at once. `chance` is from 0 to 1. */
export function waitMs(says: News["says"] | null, chance: number): number {
  const within = says?.within_ms;
  return typeof within === "number" && within > 0 ? Math.min(within, 60_000) * chance : 0;
}

const isCard = (value: unknown): value is SpaceCard =>
  isRecord(value) && typeof value.id === "string" && Array.isArray(value.speakers) && isRecord(value.host);

function parse(frame: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(frame);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A conversation as one reads it: by day, the newest last. */
import type { Message } from "../wire/shapes";

interface Line {
  readonly message: Message;
  /** The last of a row that one person said within a few minutes: the time stands under it. */
  readonly ends: boolean;
}

export interface Day {
  readonly at: string;
  readonly lines: readonly Line[];
}

const ROW_MS = 5 * 60_000;

/** Ids grow with time; as text, "9" would come after "10". */
export const isAfter = (id: string, other: string): boolean => BigInt(id) > BigInt(other);

export function byDay(messages: readonly Message[]): Day[] {
  const sorted = messages.toSorted((a, b) => (isAfter(a.id, b.id) ? 1 : -1));
  const days: { at: string; lines: Line[] }[] = [];
  for (const [index, message] of sorted.entries()) {
    const last = days.at(-1);
    const line = { message, ends: ends(message, sorted[index + 1]) };
    if (last && sameDay(last.at, message.created_at)) last.lines.push(line);
    else days.push({ at: message.created_at, lines: [line] });
  }
  return days;
}

function ends(message: Message, next: Message | undefined): boolean {
  if (!next || next.mine !== message.mine || !sameDay(message.created_at, next.created_at)) return true;
  return Date.parse(next.created_at) - Date.parse(message.created_at) > ROW_MS;
}

const sameDay = (one: string, other: string): boolean =>
  new Date(one).toDateString() === new Date(other).toDateString();

const DAY_MS = 86_400_000;

/** "today", "yesterday", then the weekday and the date. */
export function nameOfDay(then: string, now: number, locale: string): string {
  const days = Math.round((midnight(now) - midnight(Date.parse(then))) / DAY_MS);
  if (days < 2)
    return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(-Math.max(0, days), "day");
  const year =
    new Date(then).getFullYear() === new Date(now).getFullYear() ? {} : ({ year: "numeric" } as const);
  const shape = { weekday: "long", day: "numeric", month: "long", ...year } as const;
  return new Intl.DateTimeFormat(locale, shape).format(new Date(then));
}

const midnight = (time: number): number => new Date(time).setHours(0, 0, 0, 0);

/** The words for what is counted of a Space. */
import { m } from "../paraglide/messages";
import { timeOfDay } from "../ui/time";
import type { Moment, Way } from "../wire/analytics";

export const wayWords = (way: Way): string => m[`analytics_from_${way}`]();

/** "12 listeners": a whole number without parts, else with one. */
export const listeners = (number: number, locale: string): string =>
  new Intl.NumberFormat(locale, { maximumFractionDigits: number < 10 ? 1 : 0 }).format(number);

/** When a moment was; a Space that goes over midnight says the day as well. */
export const moment = (at: string, locale: string, days: boolean): string =>
  days
    ? new Intl.DateTimeFormat(locale, { weekday: "short", hour: "numeric", minute: "2-digit" }).format(
        new Date(at),
      )
    : timeOfDay(at, locale);

/** Whether moments lie on several days. */
export function overMidnight(moments: readonly Moment[]): boolean {
  const [first, last] = [moments[0], moments.at(-1)];
  if (!first || !last) return false;
  return new Date(first.at).toDateString() !== new Date(last.at).toDateString();
}

/** One moment in a sentence. */
export const said = (one: Moment, locale: string, days: boolean): string =>
  m.analytics_moment({
    at: moment(one.at, locale, days),
    average: listeners(one.average, locale),
    most: one.most,
    reactions: one.reactions,
  });

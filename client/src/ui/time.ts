/** Times and numbers as people read them, in the page's language. */

const STEPS: readonly (readonly [limitS: number, unitS: number, unit: "minute" | "hour" | "day"])[] = [
  [3600, 60, "minute"],
  [86_400, 3600, "hour"],
  [7 * 86_400, 86_400, "day"],
];

/** How long ago `then` was: "4m", "2h", "3d"; a date after a week; `just` words within the first minute. */
export function ago(then: string, now: number, locale: string, just: string): string {
  const seconds = Math.max(0, (now - Date.parse(then)) / 1000);
  if (seconds < 60) return just;
  for (const [limit, size, unit] of STEPS) {
    if (seconds < limit) {
      return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "narrow" }).format(
        Math.floor(seconds / size),
      );
    }
  }
  return day(then, now, locale);
}

function day(then: string, now: number, locale: string): string {
  const date = new Date(then);
  const year = date.getFullYear() === new Date(now).getFullYear() ? {} : ({ year: "numeric" } as const);
  return new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", ...year }).format(date);
}

/** The day and the minute, for those who want to know exactly. */
export function exactly(then: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeStyle: "short" }).format(new Date(then));
}

/** "Nov 23, 2026": the day alone, where there is little room. */
export function date(then: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(new Date(then));
}

/** "May 2026": when somebody came. */
export function month(then: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { month: "long", year: "numeric" }).format(new Date(then));
}

/** 1,284 as it is, 12.8K above ten thousand. */
export function count(number: number, locale: string): string {
  const short = number >= 10_000 ? ({ notation: "compact", maximumFractionDigits: 1 } as const) : {};
  return new Intl.NumberFormat(locale, short).format(number);
}

/** "8:05 PM": within a day that is named elsewhere. */
export function timeOfDay(then: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: "short" }).format(new Date(then));
}

/** "12 kB": how large a file is. */
export function fileSize(bytes: number, locale: string): string {
  const [size, unit] =
    bytes < 1e6
      ? [bytes / 1e3, "kilobyte"]
      : bytes < 1e9
        ? [bytes / 1e6, "megabyte"]
        : [bytes / 1e9, "gigabyte"];
  const most = { maximumFractionDigits: size < 10 ? 1 : 0 };
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short", ...most }).format(size);
}

/** Whether this browser knows a time zone: nodes and browsers learn of new ones, and forget old ones, at their own pace. */
export function isKnown(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** "Sun, Nov 22, 10:00 AM": for what is to come, in the reader's time zone or in `zone`, which the browser knows. */
export function dayAndTime(then: string, locale: string, zone?: string): string {
  return new Intl.DateTimeFormat(locale, {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "numeric",
    minute: "2-digit",
    ...(zone ? { timeZone: zone } : {}),
  }).format(new Date(then));
}

/** Whether the clocks in `zone` show what the reader's own show at that moment, as far as this browser can tell. */
export function sameTime(then: string, zone: string): boolean {
  return !isKnown(zone) || dayAndTime(then, "en") === dayAndTime(then, "en", zone);
}

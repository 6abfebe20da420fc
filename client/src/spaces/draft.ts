/** What a Space is to be, while somebody fills it in. */
import type { Audience, Policy } from "../wire/shapes";

export interface Draft {
  title: string;
  /** With commas between. */
  topics: string;
  policy: Policy;
  audience: Audience;
  guests: boolean;
  record: boolean;
  /** As a `datetime-local` field has it, in the reader's own time zone; empty for now. */
  at: string;
}

export const LONGEST_TITLE = 70;
const MOST_TOPICS = 3;

export const BLANK: Draft = {
  title: "",
  topics: "",
  policy: "invited",
  audience: "public",
  guests: true,
  record: false,
  at: "",
};

/** The draft as a request says it, without its time. */
export function wishOf(draft: Draft) {
  const { title, policy, audience, guests, record } = draft;
  const topics = draft.topics
    .split(",")
    .map((topic) => topic.trim())
    .filter((topic) => topic !== "")
    .slice(0, MOST_TOPICS);
  return { title: title.trim(), policy, audience, guests, record, topics };
}

/** When it is to begin, as a request says it. */
export function timeOf(draft: Draft, zone: string): { scheduled_start: string; zone: string } {
  return { scheduled_start: new Date(draft.at).toISOString(), zone };
}

/** A moment as a `datetime-local` field wants it: to the minute, in the reader's own time zone. */
export function fieldTime(moment: Date): string {
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** What is offered first: the next full hour, tomorrow. */
export function tomorrow(now: Date): Date {
  const then = new Date(now);
  then.setDate(then.getDate() + 1);
  then.setHours(then.getHours() + 1, 0, 0, 0);
  return then;
}

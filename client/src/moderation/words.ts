/** The words of reports and decisions. */
import { m } from "../paraglide/messages";
import { getLocale } from "../paraglide/runtime";
import { exactly } from "../ui/time";
import type { About, Decision, Reason } from "../wire/moderation";
import { FOR_GOOD_AFTER_MS } from "./lasting";

export const REASONS: readonly Reason[] = [
  "abuse",
  "spam",
  "violence",
  "sexual",
  "child_safety",
  "self_harm",
  "private_information",
  "other",
];

export const reasonWords = (reason: Reason): string => m[`reason_${reason}`]();
export const aboutWords = (about: About): string => m[`about_${about}`]();
export const decisionWords = (decision: Decision): string => m[`decision_${decision}`]();
/** What was done, as whom it concerns reads it. */
export const judgementWords = (decision: Decision): string => m[`judgement_${decision}`]();
/** How long a suspension lasts. */
export const untilWords = (end: string): string =>
  Date.parse(end) - Date.now() > FOR_GOOD_AFTER_MS
    ? m.suspended_for_good()
    : m.suspended_until({ day: exactly(end, getLocale()) });

export const reportTitle = (about: About, name: string): string => {
  switch (about) {
    case "person":
      return m.report_person({ name });
    case "post":
      return m.report_post({ name });
    case "message":
    case "room_message":
      return m.report_message({ name });
    case "space":
      return m.report_space();
  }
};

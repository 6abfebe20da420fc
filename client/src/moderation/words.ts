/** The words of reports and decisions. */
import { m } from "../paraglide/messages";
import type { About, Decision, Reason } from "../wire/moderation";

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

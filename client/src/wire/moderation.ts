/** Reports, and what moderators decide on them. */
import { answerOf, node } from "./node";
import type { components } from "./schema";

export type Case = components["schemas"]["Case"];
type WholeCase = components["schemas"]["WholeCase"];
export type About = Case["about"];
export type Reason = Case["reasons"][number];
export type Sanction = WholeCase["suspended"][number]["sanction"];
export type Decision = WholeCase["decisions"][number];

/** What is reported: a person, or something that somebody wrote or opened. */
export interface Subject {
  readonly about: About;
  readonly id: string;
  /** Whose it is. */
  readonly name: string;
  /** The Space in which one noticed it. */
  readonly space?: string;
}

export const report = ({ about, id, space }: Subject, reason: Reason, note: string) =>
  answerOf(
    node.POST("/api/v1/reports", {
      body: { about, id, reason, note, ...(space !== undefined && { space }) },
    }),
  );
export const mine = () => answerOf(node.GET("/api/v1/me/moderation"));
export const cases = (state: "open" | "decided", cursor?: string) =>
  answerOf(
    node.GET("/api/v1/moderation/cases", {
      params: { query: { state, ...(cursor !== undefined && { cursor }) } },
    }),
  );
export const whole = (id: string) =>
  answerOf(node.GET("/api/v1/moderation/cases/{id}", { params: { path: { id } } }));
export const enter = (id: string) =>
  answerOf(node.POST("/api/v1/moderation/cases/{id}/entry", { params: { path: { id } } }));
export const decide = (
  id: string,
  decision: Decision,
  { days, words, giveBack }: { days: number | null; words: string; giveBack: boolean },
) =>
  answerOf(
    node.POST("/api/v1/moderation/cases/{id}/decision", {
      params: { path: { id } },
      body: { decision, words, give_back: giveBack, ...(days !== null && { days }) },
    }),
  );
export const lift = (person: string, sanction: Sanction) =>
  answerOf(
    node.DELETE("/api/v1/moderation/people/{user_id}/suspensions/{sanction}", {
      params: { path: { user_id: person, sanction } },
    }),
  );

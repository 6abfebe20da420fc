/** What is left of a Space: how it was, what its hosts did, and what people thought of it. */
import { answerOf, node } from "./node";
import type { components } from "./schema";

export type LogEntry = components["schemas"]["LogEntry"];

const at = (id: string) => ({ params: { path: { id } } });

export const summary = (id: string) => answerOf(node.GET("/api/v1/spaces/{id}/summary", at(id)));
export const log = (id: string, cursor?: string) =>
  answerOf(
    node.GET("/api/v1/spaces/{id}/log", {
      params: { path: { id }, query: cursor === undefined ? {} : { cursor } },
    }),
  );
export const give = (id: string, stars: number, note: string) =>
  answerOf(node.PUT("/api/v1/spaces/{id}/feedback", { ...at(id), body: { stars, note } }));

/** What somebody thought, with how it sounded to them. */
export type Said = components["schemas"]["SaidFeedback"];
export type SoundOf = components["schemas"]["SoundOf"];
export type About = "spaces" | "site";

/** Tells those who run the site: stars, words, or both. */
export const tellUs = (stars: number | null, note: string) =>
  answerOf(node.POST("/api/v1/feedback", { body: { note, ...(stars !== null && { stars }) } }));
/** For administrators. */
export const all = (about: About, cursor?: string) =>
  answerOf(
    node.GET("/api/v1/feedback", { params: { query: { about, ...(cursor !== undefined && { cursor }) } } }),
  );

/** What was recorded: replays and clips. */
import { answerOf, node } from "./node";
import type { components } from "./schema";

export type Replay = components["schemas"]["Replay"];
export type Clip = components["schemas"]["Clip"];
export type Chapter = Replay["chapters"][number];

const at = (id: string) => ({ params: { path: { id } } });
const named = (clip_id: string) => ({ params: { path: { clip_id } } });

/** Of a Space that is over just now, the answer comes when the replay is made; if it takes very long, 409. */
export const replay = (id: string) =>
  answerOf(node.GET("/api/v1/spaces/{id}/replay", { params: { path: { id }, query: { wait: true } } }));
export const deleteReplay = (id: string) => answerOf(node.DELETE("/api/v1/spaces/{id}/replay", at(id)));
export const makeClip = (id: string, start_ms: number, length_ms: number, title: string) =>
  answerOf(node.POST("/api/v1/spaces/{id}/clips", { ...at(id), body: { start_ms, length_ms, title } }));
export const clip = (id: string) => answerOf(node.GET("/api/v1/clips/{clip_id}", named(id)));
export const deleteClip = (id: string) => answerOf(node.DELETE("/api/v1/clips/{clip_id}", named(id)));
/** The host switches recording on or off. */
export const record = (id: string, on: boolean) =>
  answerOf(node.PUT("/api/v1/spaces/{id}/recording", { ...at(id), body: { on } }));

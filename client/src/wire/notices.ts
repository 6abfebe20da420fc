/** What others did that concerns one, and what of it one wants to hear. */
import { answerOf, node } from "./node";
import type { NoticeKind } from "./shapes";

export const page = (cursor?: string) =>
  answerOf(node.GET("/api/v1/notices", { params: { query: cursor === undefined ? {} : { cursor } } }));
export const unread = () => answerOf(node.GET("/api/v1/notices/unread"));
/** Everything up to the notice of that time, on all devices. */
export const readUpTo = (at: string) => answerOf(node.PUT("/api/v1/notices/read", { body: { at } }));

export const settings = () => answerOf(node.GET("/api/v1/notices/settings"));
export const choose = (kind: NoticeKind, wanted: boolean) =>
  answerOf(node.PATCH("/api/v1/notices/settings", { body: { kind, channel: "in_app", wanted } }));

/** What others did that concerns one, and what of it one wants to hear. */
import { answerOf, node } from "./node";
import type { NoticeChannel, NoticeKind, NoticeSettings } from "./shapes";

export const page = (cursor?: string) =>
  answerOf(node.GET("/api/v1/notices", { params: { query: cursor === undefined ? {} : { cursor } } }));
export const unread = () => answerOf(node.GET("/api/v1/notices/unread"));
/** Everything up to the notice of that time, on all devices. */
export const readUpTo = (at: string) => answerOf(node.PUT("/api/v1/notices/read", { body: { at } }));

export const settings = () => answerOf(node.GET("/api/v1/notices/settings"));
export const choose = (kind: NoticeKind, channel: NoticeChannel, wanted: boolean) =>
  answerOf(node.PATCH("/api/v1/notices/settings", { body: { kind, channel, wanted } }));
export const setRhythm = (rhythm: NoticeSettings["mail"]["rhythm"]) =>
  answerOf(node.PUT("/api/v1/notices/rhythm", { body: { rhythm } }));
/** Ends all letters, by the token of one of them. */
export const unsubscribe = (token: string) =>
  answerOf(node.POST("/api/v1/notices/unsubscriptions", { params: { query: { token } } }));

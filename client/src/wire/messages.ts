/** Conversations and messages. */
import { answerOf, node } from "./node";
import type { components } from "./schema";

const at = (id: string) => ({ params: { path: { id } } });
const page = (cursor: string | undefined) => (cursor === undefined ? {} : { cursor });

export type Folder = "open" | "request";

export const conversations = (folder: Folder, cursor?: string) =>
  answerOf(node.GET("/api/v1/conversations", { params: { query: { folder, ...page(cursor) } } }));
export const unread = () => answerOf(node.GET("/api/v1/conversations/unread"));
export const begin = (person: string) => answerOf(node.POST("/api/v1/conversations", { body: { person } }));
export const conversation = (id: string) => answerOf(node.GET("/api/v1/conversations/{id}", at(id)));
export const messages = (id: string, cursor?: string) =>
  answerOf(
    node.GET("/api/v1/conversations/{id}/messages", { params: { path: { id }, query: page(cursor) } }),
  );
/** `key` stays the same when one tries again: the node then keeps one message. */
export const send = (id: string, text: string, key: string) =>
  answerOf(
    node.POST("/api/v1/conversations/{id}/messages", {
      params: { path: { id }, header: { "Idempotency-Key": key } },
      body: { text },
    }),
  );
export const readUpTo = (id: string, message: string) =>
  answerOf(node.PUT("/api/v1/conversations/{id}/read", { ...at(id), body: { message } }));
export const accept = (id: string) => answerOf(node.POST("/api/v1/conversations/{id}/accept", at(id)));
export const decline = (id: string) => answerOf(node.POST("/api/v1/conversations/{id}/decline", at(id)));
export const remove = (id: string) => answerOf(node.DELETE("/api/v1/messages/{id}", at(id)));

/** Deletes what was said so far, for oneself. */
export const putAway = (id: string) => answerOf(node.DELETE("/api/v1/conversations/{id}", at(id)));

export type Writers = components["schemas"]["MessageSettings"]["writers"];
export const settings = () => answerOf(node.GET("/api/v1/me/message-settings"));
export const chooseWriters = (writers: Writers) =>
  answerOf(node.PUT("/api/v1/me/message-settings", { body: { writers } }));

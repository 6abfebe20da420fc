/** Posts and the home timeline. */
import { answerOf, node } from "./node";

const at = (id: string) => ({ params: { path: { id } } });

export const timeline = (cursor?: string) =>
  answerOf(node.GET("/api/v1/timeline", { params: { query: cursor === undefined ? {} : { cursor } } }));
export const write = (text: string) => answerOf(node.POST("/api/v1/posts", { body: { text } }));
export const look = (id: string) => answerOf(node.GET("/api/v1/posts/{id}", at(id)));
export const remove = (id: string) => answerOf(node.DELETE("/api/v1/posts/{id}", at(id)));

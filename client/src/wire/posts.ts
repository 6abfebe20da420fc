/** Posts and the home timeline. */
import { answerOf, node } from "./node";

const at = (id: string) => ({ params: { path: { id } } });

export const timeline = (cursor?: string) =>
  answerOf(node.GET("/api/v1/timeline", { params: { query: cursor === undefined ? {} : { cursor } } }));
/** A post, with the Space of id `space` attached if given. */
export const write = (text: string, space?: string) =>
  answerOf(
    node.POST("/api/v1/posts", {
      body: space === undefined ? { text } : { text, attachment: { kind: "space", id: space } },
    }),
  );
export const look = (id: string) => answerOf(node.GET("/api/v1/posts/{id}", at(id)));
export const remove = (id: string) => answerOf(node.DELETE("/api/v1/posts/{id}", at(id)));
export const like = (id: string) => answerOf(node.PUT("/api/v1/posts/{id}/like", at(id)));
export const unlike = (id: string) => answerOf(node.DELETE("/api/v1/posts/{id}/like", at(id)));
export const bookmark = (id: string) => answerOf(node.PUT("/api/v1/posts/{id}/bookmark", at(id)));
export const unbookmark = (id: string) => answerOf(node.DELETE("/api/v1/posts/{id}/bookmark", at(id)));
export const bookmarks = (cursor?: string) =>
  answerOf(node.GET("/api/v1/bookmarks", { params: { query: cursor === undefined ? {} : { cursor } } }));

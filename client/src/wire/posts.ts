/** Posts and the home timeline. */
import { answerOf, node } from "./node";

const at = (id: string) => ({ params: { path: { id } } });
const paged = (id: string, cursor: string | undefined) => ({
  params: { path: { id }, query: cursor === undefined ? {} : { cursor } },
});

export const timeline = (cursor?: string) =>
  answerOf(node.GET("/api/v1/timeline", { params: { query: cursor === undefined ? {} : { cursor } } }));
/** A post, or an answer to the post of id `replyTo` if given. */
export const write = (text: string, replyTo?: string) =>
  answerOf(
    node.POST("/api/v1/posts", { body: replyTo === undefined ? { text } : { text, reply_to: replyTo } }),
  );
/** A post with a Space's card, and what one says with it. */
export const share = (text: string, space: string) =>
  answerOf(node.POST("/api/v1/posts", { body: { text, attachment: { kind: "space", id: space } } }));
export const read = (id: string) => answerOf(node.GET("/api/v1/posts/{id}", at(id)));
export const thread = (id: string) => answerOf(node.GET("/api/v1/posts/{id}/thread", at(id)));
/** The oldest first. */
export const replies = (id: string, cursor?: string) =>
  answerOf(node.GET("/api/v1/posts/{id}/replies", paged(id, cursor)));
export const remove = (id: string) => answerOf(node.DELETE("/api/v1/posts/{id}", at(id)));
export const like = (id: string) => answerOf(node.PUT("/api/v1/posts/{id}/like", at(id)));
export const unlike = (id: string) => answerOf(node.DELETE("/api/v1/posts/{id}/like", at(id)));
export const repost = (id: string) => answerOf(node.PUT("/api/v1/posts/{id}/repost", at(id)));
export const takeRepostBack = (id: string) => answerOf(node.DELETE("/api/v1/posts/{id}/repost", at(id)));
/** Who passes it on. */
export const reposters = (id: string, cursor?: string) =>
  answerOf(node.GET("/api/v1/posts/{id}/reposts", paged(id, cursor)));
export const likers = (id: string, cursor?: string) =>
  answerOf(node.GET("/api/v1/posts/{id}/likes", paged(id, cursor)));
export const bookmark = (id: string) => answerOf(node.PUT("/api/v1/posts/{id}/bookmark", at(id)));
export const unbookmark = (id: string) => answerOf(node.DELETE("/api/v1/posts/{id}/bookmark", at(id)));
export const bookmarks = (cursor?: string) =>
  answerOf(node.GET("/api/v1/bookmarks", { params: { query: cursor === undefined ? {} : { cursor } } }));
export const ofHashtag = (tag: string, cursor?: string) =>
  answerOf(
    node.GET("/api/v1/hashtags/{tag}/posts", {
      params: { path: { tag }, query: cursor === undefined ? {} : { cursor } },
    }),
  );
/** What is talked about of late. */
export const hashtags = () => answerOf(node.GET("/api/v1/hashtags"));
/** Posts with these words, or words that begin so. */
export const found = (q: string, cursor?: string) =>
  answerOf(
    node.GET("/api/v1/search/posts", { params: { query: cursor === undefined ? { q } : { q, cursor } } }),
  );

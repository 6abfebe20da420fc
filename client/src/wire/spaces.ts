/** What one can ask of a Space. */
import { answerOf, node } from "./node";
import type { components, operations } from "./schema";
import type { ChangeSpace, Door, NewSpace, Reaction, ScheduledSpace, Space } from "./shapes";

/** How one got to a Space. */
export type Source = NonNullable<
  NonNullable<operations["join_space_api_v1_spaces__id__join_post"]["parameters"]["query"]>["from"]
>;

const at = (id: string) => ({ params: { path: { id } } });
const one = (id: string, user_id: string) => ({ params: { path: { id, user_id } } });

type Told = components["schemas"];

/** The protocol says more than OpenAPI does: see `Seat` in shapes.ts. */
const space = (told: Told["Space"]) => told as Space;

/** Without nulls where the browser wants nothing: it would read the word "null". */
const door = (told: Told["Door"]): Door => ({
  ...told,
  space: space(told.space),
  ice_servers: told.ice_servers.map(({ urls, username, credential }) => ({
    urls,
    ...(username == null ? {} : { username }),
    ...(credential == null ? {} : { credential }),
  })),
});

export const bubbles = () => answerOf(node.GET("/api/v1/bubbles"));
export const read = (id: string) => answerOf(node.GET("/api/v1/spaces/{id}", at(id)));
/** Starts one now. */
export const create = (body: NewSpace) =>
  answerOf(node.POST("/api/v1/spaces", { body })).then((told) => space(told as Told["Space"]));
/** Announces one for later. */
export const schedule = (body: NewSpace & { scheduled_start: string }) =>
  answerOf(node.POST("/api/v1/spaces", { body })).then((told) => told as ScheduledSpace);
export const change = (id: string, body: ChangeSpace) =>
  answerOf(node.PATCH("/api/v1/spaces/{id}", { ...at(id), body })).then(space);
/** `from`: how one got here, said once; whoever comes back says nothing. */
export const join = (id: string, from?: Source) =>
  answerOf(
    node.POST("/api/v1/spaces/{id}/join", {
      params: { path: { id }, query: from === undefined ? {} : { from } },
    }),
  ).then(door);
export const leave = (id: string) => answerOf(node.POST("/api/v1/spaces/{id}/leave", at(id)));
export const end = (id: string) => answerOf(node.POST("/api/v1/spaces/{id}/end", at(id))).then(space);

export const request = (id: string, question?: string) =>
  answerOf(node.POST("/api/v1/spaces/{id}/requests", { ...at(id), body: question ? { question } : {} }));
export const withdraw = (id: string) => answerOf(node.DELETE("/api/v1/spaces/{id}/requests/me", at(id)));
export const acceptRequest = (id: string, person: string) =>
  answerOf(node.POST("/api/v1/spaces/{id}/requests/{user_id}/accept", one(id, person)));
export const declineRequest = (id: string, person: string) =>
  answerOf(node.POST("/api/v1/spaces/{id}/requests/{user_id}/decline", one(id, person)));

export const invite = (id: string, person: string) =>
  answerOf(node.POST("/api/v1/spaces/{id}/invitations/{user_id}", one(id, person)));
export const uninvite = (id: string, person: string) =>
  answerOf(node.DELETE("/api/v1/spaces/{id}/invitations/{user_id}", one(id, person)));
export const acceptInvitation = (id: string) =>
  answerOf(node.POST("/api/v1/spaces/{id}/invitations/me/accept", at(id)));
export const declineInvitation = (id: string) =>
  answerOf(node.POST("/api/v1/spaces/{id}/invitations/me/decline", at(id)));

export const stepDown = (id: string) => answerOf(node.DELETE("/api/v1/spaces/{id}/stage/me", at(id)));
export const moveToAudience = (id: string, person: string) =>
  answerOf(node.DELETE("/api/v1/spaces/{id}/stage/{user_id}", one(id, person)));
export const microphone = (id: string, muted: boolean) =>
  answerOf(node.PUT("/api/v1/spaces/{id}/me/microphone", { ...at(id), body: { muted } }));
export const mute = (id: string, person: string) =>
  answerOf(node.POST("/api/v1/spaces/{id}/people/{user_id}/mute", one(id, person)));
export const muteAll = (id: string) => answerOf(node.POST("/api/v1/spaces/{id}/mute-all", at(id)));
export const askToUnmute = (id: string, person: string) =>
  answerOf(node.POST("/api/v1/spaces/{id}/people/{user_id}/ask-to-unmute", one(id, person)));
export const remove = (id: string, person: string) =>
  answerOf(node.POST("/api/v1/spaces/{id}/people/{user_id}/remove", one(id, person)));
export const nameCohost = (id: string, person: string) =>
  answerOf(node.PUT("/api/v1/spaces/{id}/cohosts/{user_id}", one(id, person)));
export const withdrawCohost = (id: string, person: string) =>
  answerOf(node.DELETE("/api/v1/spaces/{id}/cohosts/{user_id}", one(id, person)));
export const react = (id: string, emoji: Reaction) =>
  answerOf(node.POST("/api/v1/spaces/{id}/reactions", { ...at(id), body: { emoji } }));

/** Sends people the Space's card; who was not reached, and why, is in the answer. */
export const inviteByMessage = (id: string, people: string[], text: string) =>
  answerOf(node.POST("/api/v1/spaces/{id}/message-invitations", { ...at(id), body: { people, text } }));

/** Hosts: whom they removed, and letting them back in. */
export const removed = (id: string) => answerOf(node.GET("/api/v1/spaces/{id}/removed", at(id)));
export const letBack = (id: string, person: string) =>
  answerOf(node.DELETE("/api/v1/spaces/{id}/removed/{user_id}", one(id, person)));
/** The host makes somebody on stage the host, for good. */
export const passHost = (id: string, person: string) =>
  answerOf(node.PUT("/api/v1/spaces/{id}/host/{user_id}", one(id, person)));

const written = (id: string, message_id: string) => ({ params: { path: { id, message_id } } });
export const roomMessages = (id: string) => answerOf(node.GET("/api/v1/spaces/{id}/messages", at(id)));
export const writeToRoom = (id: string, text: string, to_host: boolean) =>
  answerOf(node.POST("/api/v1/spaces/{id}/messages", { ...at(id), body: { text, to_host } }));
export const removeRoomMessage = (id: string, message: string) =>
  answerOf(node.DELETE("/api/v1/spaces/{id}/messages/{message_id}", written(id, message)));
export const releaseRoomMessage = (id: string, message: string) =>
  answerOf(node.POST("/api/v1/spaces/{id}/messages/{message_id}/release", written(id, message)));

const posted = (id: string, post_id: string) => ({ params: { path: { id, post_id } } });
export const roomPosts = (id: string) => answerOf(node.GET("/api/v1/spaces/{id}/posts", at(id)));
/** Posts in the timeline and in the room. */
export const sharePost = (id: string, text: string) =>
  answerOf(node.POST("/api/v1/spaces/{id}/posts", { ...at(id), body: { text } }));
export const takePostOut = (id: string, post: string) =>
  answerOf(node.DELETE("/api/v1/spaces/{id}/posts/{post_id}", posted(id, post)));
export const pinPost = (id: string, post: string) =>
  answerOf(node.PUT("/api/v1/spaces/{id}/posts/{post_id}/pin", posted(id, post)));
export const unpinPost = (id: string, post: string) =>
  answerOf(node.DELETE("/api/v1/spaces/{id}/posts/{post_id}/pin", posted(id, post)));

/** One's own key by which a program speaks for one; the key itself is told when it is made. */
export const streamKey = (id: string) => answerOf(node.GET("/api/v1/spaces/{id}/stream-key", at(id)));
export const makeStreamKey = (id: string) => answerOf(node.POST("/api/v1/spaces/{id}/stream-key", at(id)));
export const revokeStreamKey = (id: string) =>
  answerOf(node.DELETE("/api/v1/spaces/{id}/stream-key", at(id)));

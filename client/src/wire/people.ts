/** Accounts, sessions, profiles and follows. */
import { answerOf, node } from "./node";

const at = (id: string) => ({ params: { path: { id } } });
const page = (id: string, cursor: string | undefined) => ({
  params: { path: { id }, query: cursor === undefined ? {} : { cursor } },
});
const listed = (cursor: string | undefined) => ({
  params: { query: cursor === undefined ? {} : { cursor } },
});

export const instance = () => answerOf(node.GET("/api/v1/instance"));
export const me = () => answerOf(node.GET("/api/v1/me"));
export const feedOfMe = () => answerOf(node.GET("/api/v1/me/feed"));

interface NewAccount {
  username: string;
  display_name: string;
  password: string;
  invitation?: string;
  agrees: boolean;
  old_enough: boolean;
}

export const signUp = (wish: NewAccount) =>
  answerOf(node.POST("/api/v1/accounts", { body: { ...wish, cookie: true } }));
export const invitation = (code: string) =>
  answerOf(node.GET("/api/v1/signup-invitations/{code}", { params: { path: { code } } }));
export const signIn = (username: string, password: string) =>
  answerOf(node.POST("/api/v1/sessions", { body: { username, password, cookie: true } }));
export const signOut = () => answerOf(node.DELETE("/api/v1/sessions/current"));
export const demoAccounts = () => answerOf(node.GET("/api/v1/demo/accounts"));
export const signInAsDemo = (username: string) =>
  answerOf(node.POST("/api/v1/demo/sessions", { body: { username } }));

interface Changes {
  display_name?: string;
  bio?: string;
  language?: string;
  zone?: string;
  protected?: boolean;
}

export const edit = (wish: Changes) => answerOf(node.PATCH("/api/v1/me", { body: wish }));
export const dropPicture = () => answerOf(node.DELETE("/api/v1/me/picture"));

/** OpenAPI calls the bytes a string; they are sent as they are. */
export const setPicture = (picture: Blob) =>
  answerOf(
    node.PUT("/api/v1/me/picture", {
      body: "",
      bodySerializer: () => picture,
      headers: { "content-type": picture.type },
    }),
  );

export const profile = (username: string) =>
  answerOf(node.GET("/api/v1/people/{username}", { params: { path: { username } } }));
/** Which of these people are live, and where; a hundred at most. */
export const rings = (person: readonly string[]) =>
  answerOf(node.GET("/api/v1/rings", { params: { query: { person: [...person] } } }));
export const follow = (id: string) => answerOf(node.PUT("/api/v1/people/{id}/follow", at(id)));
export const unfollow = (id: string) => answerOf(node.DELETE("/api/v1/people/{id}/follow", at(id)));
export const block = (id: string) => answerOf(node.PUT("/api/v1/people/{id}/block", at(id)));
export const unblock = (id: string) => answerOf(node.DELETE("/api/v1/people/{id}/block", at(id)));
export const mute = (id: string) => answerOf(node.PUT("/api/v1/people/{id}/mute", at(id)));
export const unmute = (id: string) => answerOf(node.DELETE("/api/v1/people/{id}/mute", at(id)));
/** Lets somebody follow who asks to, or does not. */
export const answer = (id: string, accepted: boolean) =>
  answerOf(
    accepted
      ? node.PUT("/api/v1/me/follow-requests/{id}", at(id))
      : node.DELETE("/api/v1/me/follow-requests/{id}", at(id)),
  );
export const dropFollower = (id: string) => answerOf(node.DELETE("/api/v1/me/followers/{id}", at(id)));
export const askers = (cursor?: string) => answerOf(node.GET("/api/v1/me/follow-requests", listed(cursor)));
export const blocked = (cursor?: string) => answerOf(node.GET("/api/v1/me/blocks", listed(cursor)));
export const muted = (cursor?: string) => answerOf(node.GET("/api/v1/me/mutes", listed(cursor)));
export const suggested = () =>
  answerOf(node.GET("/api/v1/people", { params: { query: { suggested: "1" } } }));
/** Everybody whose names begin so; the best twenty. */
export const found = (q: string) => answerOf(node.GET("/api/v1/search/people", { params: { query: { q } } }));
/** What they wrote and pass on, or what they answered. */
export const postsOf = (id: string, shelf: "posts" | "replies", cursor?: string) =>
  answerOf(
    node.GET("/api/v1/people/{id}/posts", {
      params: { path: { id }, query: cursor === undefined ? { shelf } : { shelf, cursor } },
    }),
  );
export const followersOf = (id: string, cursor?: string) =>
  answerOf(node.GET("/api/v1/people/{id}/followers", page(id, cursor)));
export const followedBy = (id: string, cursor?: string) =>
  answerOf(node.GET("/api/v1/people/{id}/following", page(id, cursor)));

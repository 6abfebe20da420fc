/** Accounts, sessions, profiles and follows. */
import { send } from "./http";
import type { Instance, List, Me, Person, Post, Profile } from "./shapes";

export const instance = () => send<Instance>("GET", "/instance");
export const me = () => send<Me>("GET", "/me");
export const feedOfMe = () => send<{ feed_url: string }>("GET", "/me/feed");

export const signUp = (wish: { username: string; display_name: string; password: string }) =>
  send<{ account: Me }>("POST", "/accounts", { ...wish, cookie: true });
export const signIn = (username: string, password: string) =>
  send<{ account: Me }>("POST", "/sessions", { username, password, cookie: true });
export const signOut = () => send<void>("DELETE", "/sessions/current");
export const demoAccounts = () => send<List<Person>>("GET", "/demo/accounts");
export const signInAsDemo = (username: string) =>
  send<{ account: Me }>("POST", "/demo/sessions", { username });

export const edit = (wish: { display_name?: string; bio?: string; language?: string }) =>
  send<Me>("PATCH", "/me", wish);
export const setPicture = (picture: Blob) => send<Me>("PUT", "/me/picture", picture);
export const dropPicture = () => send<Me>("DELETE", "/me/picture");

export const profile = (username: string) => send<Profile>("GET", `/people/${encodeURIComponent(username)}`);
export const follow = (id: string) => send<Profile>("PUT", `/people/${id}/follow`);
export const unfollow = (id: string) => send<Profile>("DELETE", `/people/${id}/follow`);
export const suggested = () => send<List<Person>>("GET", "/people?suggested=1");
export const postsOf = (id: string, cursor?: string) =>
  send<List<Post>>("GET", page(`/people/${id}/posts`, cursor));
export const followersOf = (id: string, cursor?: string) =>
  send<List<Person>>("GET", page(`/people/${id}/followers`, cursor));
export const followedBy = (id: string, cursor?: string) =>
  send<List<Person>>("GET", page(`/people/${id}/following`, cursor));

function page(path: string, cursor: string | undefined): string {
  return cursor === undefined ? path : `${path}?cursor=${encodeURIComponent(cursor)}`;
}

/** Posts and the home timeline. */
import { send } from "./http";
import type { List, Post } from "./shapes";

export const timeline = (cursor?: string) =>
  send<List<Post>>(
    "GET",
    cursor === undefined ? "/timeline" : `/timeline?cursor=${encodeURIComponent(cursor)}`,
  );
export const write = (text: string, attachment?: { kind: "space"; id: string }) =>
  send<Post>("POST", "/posts", attachment ? { text, attachment } : { text });
export const look = (id: string) => send<Post>("GET", `/posts/${id}`);
export const remove = (id: string) => send<void>("DELETE", `/posts/${id}`);

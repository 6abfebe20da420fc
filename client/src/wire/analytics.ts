/** A Space in numbers, for its hosts. */
import { answerOf, node } from "./node";
import type { components } from "./schema";

type Analytics = components["schemas"]["Analytics"];
export type Headline = components["schemas"]["Headline"];
export type Moment = components["schemas"]["Moment"];
export type Way = Analytics["sources"][number]["source"];

export const analytics = (id: string) =>
  answerOf(node.GET("/api/v1/spaces/{id}/analytics", { params: { path: { id } } }));
/** One's own Spaces of which figures are kept, the latest first. */
export const ownSpaces = (cursor?: string) =>
  answerOf(node.GET("/api/v1/me/spaces", { params: { query: cursor === undefined ? {} : { cursor } } }));
/** The same as tables, for a spreadsheet. */
export const tableOf = (id: string, of: "minutes" | "sources") => `/api/v1/spaces/${id}/analytics/${of}.csv`;

/** What the operator writes for everybody. */
import { answerOf, node } from "./node";
import type { SitePageName } from "./shapes";

const named = (name: SitePageName) => ({ params: { path: { name } } });

export const site = () => answerOf(node.GET("/api/v1/site"));
export const setMinimumAge = (minimum_age: number | null) =>
  answerOf(node.PUT("/api/v1/site", { body: { minimum_age } }));
export const sitePage = (name: SitePageName) => answerOf(node.GET("/api/v1/site/pages/{name}", named(name)));
export const writeSitePage = (name: SitePageName, text: string) =>
  answerOf(node.PUT("/api/v1/site/pages/{name}", { ...named(name), body: { text } }));

/** Captions: what was said, and whether one's own voice is written down. */
import { answerOf, node } from "./node";

/** The newest hundred of what was said, newest first. */
export const said = (id: string) =>
  answerOf(node.GET("/api/v1/spaces/{id}/captions", { params: { path: { id }, query: { limit: 100 } } }));
export const consent = () => answerOf(node.GET("/api/v1/me/captions"));
export const agree = (agreed: boolean) => answerOf(node.PUT("/api/v1/me/captions", { body: { agreed } }));

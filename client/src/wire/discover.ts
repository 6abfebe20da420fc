/** What there is: Spaces by topic and word, and people to follow. */
import { answerOf, node } from "./node";

/** What is looked for; both may be empty. */
export interface Wanted {
  readonly words: string;
  readonly topic: string | null;
}

const query = ({ words, topic }: Wanted, cursor: string | undefined) => ({
  params: {
    query: {
      ...(words === "" ? {} : { q: words }),
      ...(topic === null ? {} : { topic }),
      ...(cursor === undefined ? {} : { cursor }),
    },
  },
});

export const live = (wanted: Wanted, cursor?: string) =>
  answerOf(node.GET("/api/v1/discover/live", query(wanted, cursor)));
export const upcoming = (wanted: Wanted, cursor?: string) =>
  answerOf(node.GET("/api/v1/discover/upcoming", query(wanted, cursor)));
export const topics = () => answerOf(node.GET("/api/v1/discover/topics"));
export const people = () => answerOf(node.GET("/api/v1/discover/people"));

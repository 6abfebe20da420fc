import type { SpaceCard } from "./shapes";

/** A card as the news say that its Space looks now. What is the reader's own, or comes later, the news do not know. */
export function restated(card: SpaceCard, news: SpaceCard | undefined): SpaceCard {
  if (!news) return card;
  const { title, state, host, speakers, listeners, started_at, topics } = news;
  return { ...card, title, state, host, speakers, listeners, started_at, topics, scheduled_start: null };
}

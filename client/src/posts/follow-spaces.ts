import { Later, onNews } from "../wire/me-feed";
import { type News, spacesIn } from "../wire/news";
import type { SpaceCard } from "../wire/shapes";

const AGAIN_MS = 30_000;

interface Carries {
  readonly attachment: SpaceCard | null;
}

/** Has `again` called when cards that are shown may say what is so no more: public Spaces tell by a hint, all are looked at now and then. */
export function followSpaces(shown: () => readonly Carries[], again: () => void): () => void {
  const look = () => {
    const open = shown().some(({ attachment }) => attachment && !isOver(attachment));
    if (open && document.visibilityState === "visible") again();
  };
  const later = new Later(look);
  const hear = (says: News["says"] | null) => {
    const told = new Set(says && spacesIn(says).map(({ id }) => id));
    if (says === null || shown().some(({ attachment }) => attachment && told.has(attachment.id)))
      later.after(says);
  };
  const timer = setInterval(look, AGAIN_MS);
  const deaf = onNews("bubbles", hear);
  return () => {
    clearInterval(timer);
    later.cancel();
    deaf();
  };
}

const isOver = ({ state }: SpaceCard): boolean => state === "ended" || state === "canceled";

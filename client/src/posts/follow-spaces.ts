import { whileSeen } from "../browser/while-seen";
import { askUpon } from "../wire/me-feed";
import { spacesIn } from "../wire/news";
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
  const rest = whileSeen(look, AGAIN_MS);
  const deaf = askUpon(["bubbles"], look, (says) => {
    const told = spacesIn(says);
    return shown().some(({ attachment }) => attachment !== null && told.has(attachment.id));
  });
  return () => {
    rest();
    deaf();
  };
}

const isOver = ({ state }: SpaceCard): boolean => state === "ended" || state === "canceled";

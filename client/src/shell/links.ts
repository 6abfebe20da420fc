/** Two things that browsers do with links and the router would undo. */

/** Leaves clicks with a modifier key (new tab, new window, download) to the browser. Listens before the router does. */
export function leaveModifiedClicks(event: MouseEvent): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0)
    event.stopPropagation();
}

const MOST_KEPT = 50;
const heights = new Map<number, number>();

const entry = (): number => (history.state as { _routerIndex?: number } | null)?._routerIndex ?? 0;

/** Remembers how far down this entry of the history is. */
export function rememberScroll(): void {
  heights.set(entry(), scrollY);
  const oldest = heights.keys().next().value;
  if (heights.size > MOST_KEPT && oldest !== undefined) heights.delete(oldest);
}

/** After "back": where one was, once the page is drawn again. */
export function restoreScroll(): void {
  const height = heights.get(entry());
  if (height === undefined) return;
  requestAnimationFrame(() => requestAnimationFrame(() => scrollTo({ top: height, behavior: "instant" })));
}

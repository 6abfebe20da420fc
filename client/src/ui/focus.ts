/** Keyboard focus, where what had it goes away. */

/**
 * When what has the focus in a place goes away, the focus goes to what `next` finds there, and not to the page's beginning.
 * Waits until there is something to be found, as long as the focus is nowhere else.
 */
export function keepFocus(
  next: (place: HTMLElement) => HTMLElement | null,
): (place: HTMLElement) => () => void {
  return (place) => {
    let last: Node | null = null;
    const hold = ({ target }: FocusEvent) => {
      last = target instanceof Node ? target : null;
    };
    const letGo = ({ relatedTarget }: FocusEvent) => {
      if (relatedTarget !== null) last = null;
    };
    const look = () => {
      if (last === null || last.isConnected) return;
      const lost = document.activeElement?.contains(place) ?? true;
      const found = lost ? next(place) : null;
      found?.focus({ preventScroll: true });
      if (found || !lost) last = null;
    };
    const watch = new MutationObserver(look);
    watch.observe(place, { childList: true, subtree: true });
    place.addEventListener("focusin", hold);
    place.addEventListener("focusout", letGo);
    return () => {
      watch.disconnect();
      place.removeEventListener("focusin", hold);
      place.removeEventListener("focusout", letGo);
    };
  };
}

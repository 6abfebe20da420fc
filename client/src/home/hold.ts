/** A long press (or a right click) on an element asks to see before one acts. */
import type { Attachment } from "svelte/attachments";

const HOLD_MS = 450;
/** A finger that moves further than this is scrolling. */
const SLIP_PX = 8;

/** Calls `held`, and swallows the click that ends the press. */
export function onHold(held: () => void): Attachment<HTMLElement> {
  return (element) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let from = { x: 0, y: 0 };
    let swallow = false;

    const stop = () => clearTimeout(timer);
    const down = (event: PointerEvent) => {
      if (event.button !== 0) return;
      swallow = false;
      from = { x: event.clientX, y: event.clientY };
      timer = setTimeout(() => {
        swallow = true;
        held();
      }, HOLD_MS);
    };
    const move = (event: PointerEvent) => {
      if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > SLIP_PX) stop();
    };
    const click = (event: MouseEvent) => {
      if (!swallow) return;
      swallow = false;
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    const menu = (event: MouseEvent) => {
      event.preventDefault();
      stop();
      if (!swallow) held();
    };

    const listeners = new AbortController();
    const options = { signal: listeners.signal };
    element.addEventListener("pointerdown", down, options);
    element.addEventListener("pointermove", move, options);
    for (const end of ["pointerup", "pointercancel", "pointerleave"] as const)
      element.addEventListener(end, stop, options);
    element.addEventListener("click", click, { ...options, capture: true });
    element.addEventListener("contextmenu", menu, options);
    return () => {
      stop();
      listeners.abort();
    };
  };
}

/** Words that stand at the foot of a page for some seconds only: a test that comes late reads them as well. */
import { expect, type Page } from "@playwright/test";

declare global {
  interface Window {
    /** Whatever has stood there since the page was loaded. */
    told: string[];
  }
}

/** Runs inside the page before any of its own scripts, and so stands alone. */
export function keepToasts(): void {
  window.told = [];
  const keep = (nodes: NodeList) => {
    for (const node of nodes) if (node instanceof Element) window.told.push(node.textContent.trim());
  };
  const whole = new MutationObserver(() => {
    const place = document.querySelector(".toasts");
    if (place === null) return;
    whole.disconnect();
    keep(place.childNodes);
    const added = (changes: MutationRecord[]) => {
      for (const { addedNodes } of changes) keep(addedNodes);
    };
    new MutationObserver(added).observe(place, { childList: true });
  });
  whole.observe(document, { childList: true, subtree: true });
}

export const expectTold = (page: Page, words: string, patience: { timeout?: number } = {}) =>
  expect
    .poll(() => page.evaluate(() => window.told), patience)
    .toContainEqual(expect.stringContaining(words));

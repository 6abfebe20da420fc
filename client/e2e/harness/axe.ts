/** What axe finds wrong with a page, and whether it is wider than its window. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import type { AxeResults } from "axe-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

export async function faults(page: Page): Promise<string[]> {
  // Colours are judged when they have stopped changing. What turns for ever is left alone; what is broken off is over.
  await page.evaluate(async () => {
    const short = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(short.map(({ finished }) => finished));
  });
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((values): Promise<AxeResults> => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    // Experimental: it wants the visible words in one piece, and a seat shows "Amara, Host" of "Amara Osei, Host, microphone on".
    const rules = { "label-content-name-mismatch": { enabled: false } };
    return axe.run(document, { runOnly: { type: "tag", values }, rules });
  }, RULES);
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`,
  );
}

/** By how many pixels the page is wider than the window. */
export const excess = (page: Page) =>
  page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - window.innerWidth));

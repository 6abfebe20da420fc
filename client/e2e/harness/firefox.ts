import puppeteer, { type Page } from "puppeteer-core";
import type { Someone } from "./people.ts";
import type { Speech } from "./sound.ts";
import { SoundCard } from "./sound-card.ts";

/** A person at Debian's Firefox, with loudspeakers and, if wished, a microphone that plays a file. */
export interface FirefoxVisitor extends Someone {
  page: Page;
}

/**
 * Where a node is bound that Firefox is to hear: it checks no loopback addresses, and one that has not asked for a
 * microphone checks from its default address only.
 */
export const WITHIN_FIREFOX = { COOEE_EDGE_HOST: "0.0.0.0" };

export async function visitWithFirefox(
  address: string,
  { microphone }: { microphone?: Speech } = {},
): Promise<FirefoxVisitor> {
  const card = await SoundCard.plugIn(microphone);
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: process.env.COOEE_FIREFOX ?? "/usr/bin/firefox-esr",
    headless: true,
    extraPrefsFirefox: { "media.navigator.permission.disabled": true },
    env: { ...process.env, ...card.environment },
  });
  const page = await browser.newPage();
  await page.goto(address);
  return {
    page,
    listen: (during) => card.record(during),
    run: (script, given) => page.evaluate(script as (given: unknown) => Promise<void>, given),
    tap: () => page.click("body"),
    async leave() {
      await browser.close();
      card.unplug();
    },
  };
}

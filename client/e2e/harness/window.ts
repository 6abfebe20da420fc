/** A person at a Chromium with a window: in one without, no tab is ever hidden by another, nor by being minimised. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { Readable } from "node:stream";
import puppeteer, { type Page } from "puppeteer-core";
import { growEar, heardAt } from "./ear.ts";
import { type Someone, WHOLE, withMicrophone } from "./people.ts";
import type { Speech } from "./sound.ts";

export interface WindowVisitor extends Someone {
  page: Page;
  /** Another tab of the window comes to the front, and lies over the page. */
  hide(): Promise<void>;
  /** The page is to the front again. */
  show(): Promise<void>;
}

/** Playwright keeps each of its pages visible; and what is hidden is to be slowed down, as it is for everybody. */
const SPARES_HIDDEN_TABS = [
  "--disable-background-timer-throttling",
  "--disable-backgrounding-occluded-windows",
  "--disable-renderer-backgrounding",
];

const XVFB = "/usr/bin/Xvfb";

export async function visitInWindow(
  address: string,
  { microphone, before }: { microphone?: Speech; before?: () => void } = {},
): Promise<WindowVisitor> {
  const { screen, name } = await unseenScreen();
  const browser = await puppeteer.launch({
    executablePath: WHOLE,
    headless: false,
    // The size is the screen's: no more is drawn than is looked at.
    args: ["--no-sandbox", "--window-size=1280,900", ...(await withMicrophone(microphone))],
    ignoreDefaultArgs: SPARES_HIDDEN_TABS,
    defaultViewport: null,
    env: { ...process.env, DISPLAY: name },
  });
  const page = await browser.newPage();
  page.setDefaultTimeout(30_000);
  await page.setBypassCSP(true);
  await page.evaluateOnNewDocument(growEar);
  if (before) await page.evaluateOnNewDocument(before);
  await page.goto(address);
  const seen = (state: DocumentVisibilityState) =>
    page.waitForFunction((wanted) => document.visibilityState === wanted, { polling: 100 }, state);
  return {
    page,
    listen: (during) => heardAt(page, during),
    run: (script, given) => page.evaluate(script as (given: unknown) => Promise<void>, given),
    tap: () => page.click("body"),
    async hide() {
      const other = await browser.newPage();
      await other.bringToFront();
      await seen("hidden");
    },
    async show() {
      await page.bringToFront();
      await seen("visible");
    },
    async leave() {
      await browser.close();
      screen.kill();
    },
  };
}

/** A screen in memory, and the name by which programs find it. */
async function unseenScreen(): Promise<{ screen: ChildProcess; name: string }> {
  if (!existsSync(XVFB)) throw new Error(`there is no ${XVFB}: scripts/setup.sh browsers`);
  const screen = spawn(XVFB, ["-displayfd", "3", "-screen", "0", "1280x900x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  let number = "";
  for await (const piece of screen.stdio[3] as Readable) {
    number += String(piece);
    if (number.endsWith("\n")) return { screen, name: `:${number.trim()}` };
  }
  throw new Error("no screen could be made");
}

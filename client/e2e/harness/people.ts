import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "@playwright/test";
import { growEar, heardAt } from "./ear.ts";
import { microphoneFile, type Recording, type Speech } from "./sound.ts";
import { keepToasts } from "./toasts.ts";

/** A person at a browser, of whichever kind. */
export interface Someone {
  /** Records what is played to them while `during` goes on. */
  listen(during: () => Promise<unknown>): Promise<Recording>;
  /** Runs `script` in the page. It stands alone: it may name nothing outside itself. */
  run<Given>(script: (given: Given) => Promise<void>, given: Given): Promise<void>;
  /** A tap anywhere, as browsers want one before a page may make sound. */
  tap(): Promise<void>;
  leave(): Promise<void>;
}

/** What a context is given to be a phone. */
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const;
export const DESK = { viewport: { width: 1280, height: 860 } } as const;

/** What a flow of the network is walked at. */
export const SIZES = { "a phone": PHONE, "a desk": DESK } as const;

/** A person at a Chromium of their own, as two people never share one. */
export interface Visitor extends Someone {
  page: Page;
  /** The browser's processes die as they stand: nothing is closed, nobody is told. */
  kill: () => Promise<void>;
}

export interface Equipment extends BrowserContextOptions {
  microphone?: Speech;
  /** Runs in the page before any of its own scripts, and so stands alone. */
  before?: () => void;
}

export const WHOLE = process.env.COOEE_CHROMIUM ?? "/usr/bin/chromium";
/** Chromium without its windows and what hangs on them: pages are the same in it, for less of the processor's time. */
const LIGHT = process.env.COOEE_CHROMIUM_LIGHT ?? "/usr/lib/chromium/chromium-headless-shell";

/** Flags that give a microphone which plays a file; they change what ICE does, so a listener goes without them. */
export const withMicrophone = async (microphone?: Speech): Promise<string[]> =>
  microphone
    ? [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        `--use-file-for-fake-audio-capture=${await microphoneFile(microphone)}`,
      ]
    : [];

async function launch(light: boolean, microphone?: Speech): Promise<Browser> {
  const executablePath = light && !microphone && existsSync(LIGHT) ? LIGHT : WHOLE;
  return chromium.launch({ executablePath, args: ["--no-sandbox", ...(await withMicrophone(microphone))] });
}

/** `light`: at the light browser, where it is installed, unless they have a microphone. */
export async function visit(
  address: string,
  { microphone, before, ...options }: Equipment = {},
  light = false,
): Promise<Visitor> {
  const browser = await launch(light, microphone);
  const context = await browser.newContext({ bypassCSP: true, ...options });
  await context.addInitScript(growEar);
  await context.addInitScript(keepToasts);
  if (before) await context.addInitScript(before);
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  await page.goto(address);
  return {
    page,
    listen: (during) => heardAt(page, during),
    run: (script, given) => page.evaluate(script as (given: unknown) => Promise<void>, given),
    tap: () => page.locator("body").click(),
    async kill() {
      const session = await browser.newBrowserCDPSession();
      const { processInfo } = await session.send("SystemInfo.getProcessInfo");
      for (const { id } of processInfo) process.kill(id, "SIGKILL");
    },
    leave: () => browser.close(),
  };
}

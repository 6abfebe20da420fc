import { type Browser, type BrowserContextOptions, chromium, type Page } from "@playwright/test";
import { growEar } from "./ear.ts";
import { microphoneFile, type Recording, type Speech } from "./sound.ts";

/** A person at a browser of their own, as two people never share one. */
export interface Visitor {
  page: Page;
  /** Records what the page plays while `during` goes on. */
  listen(during: () => Promise<unknown>): Promise<Recording>;
  leave(): Promise<void>;
}

/** The flags give a microphone that plays a file; they change what ICE does, so a listener goes without them. */
async function launch(microphone?: Speech): Promise<Browser> {
  const fake = microphone && [
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    `--use-file-for-fake-audio-capture=${await microphoneFile(microphone)}`,
  ];
  const executablePath = process.env.COOEE_CHROMIUM ?? "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: ["--no-sandbox", ...(fake ?? [])] });
}

export async function visit(
  address: string,
  { microphone, ...options }: { microphone?: Speech } & BrowserContextOptions = {},
): Promise<Visitor> {
  const browser = await launch(microphone);
  const context = await browser.newContext({ bypassCSP: true, ...options });
  await context.addInitScript(growEar);
  const page = await context.newPage();
  await page.goto(address);
  return {
    page,
    async listen(during) {
      await page.evaluate(() => window.ear.start());
      await during();
      const { samples, startedAt } = await page.evaluate(() => window.ear.stop());
      return { samples: Buffer.from(samples, "base64"), startedAt };
    },
    leave: () => browser.close(),
  };
}

import { readFile } from "node:fs/promises";
import puppeteer, { type Page } from "puppeteer-core";
import type { Someone } from "./people.ts";
import { decoded, microphoneFile, type Recording, type Speech } from "./sound.ts";

/** A person at Debian's Firefox, on a machine without a sound card: what is played is recorded inside the page. */
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
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: process.env.COOEE_FIREFOX ?? "/usr/bin/firefox-esr",
    headless: true,
  });
  const page = await browser.newPage();
  page.setDefaultTimeout(30_000);
  await page.evaluateOnNewDocument(listenWithin);
  if (microphone) {
    const wav = await readFile(await microphoneFile(microphone));
    await page.evaluateOnNewDocument(speakWithin, wav.toString("base64"));
  }
  await page.goto(address);
  return {
    page,
    listen: (during) => record(page, during),
    run: (script, given) => page.evaluate(script as (given: unknown) => Promise<void>, given),
    tap: () => page.click("body"),
    leave: () => browser.close(),
  };
}

declare global {
  interface Window {
    recorder: { start(): Promise<number>; stop(): Promise<string[]> };
  }
}

/**
 * A microphone that says what a file holds. It is an element and no audio graph, since Firefox lets none run without a sound
 * card. Runs inside the page before any of its own scripts, and so stands alone.
 */
function speakWithin(wav: string): void {
  const bytes = Uint8Array.from(atob(wav), (letter) => letter.charCodeAt(0));
  const mouth = new Audio(URL.createObjectURL(new Blob([bytes], { type: "audio/wav" })));
  mouth.loop = true;
  mouth.muted = false;
  Object.assign(window, { mouth });
  navigator.mediaDevices.getUserMedia = async () => {
    const captured = mouth as HTMLAudioElement & { mozCaptureStream(): MediaStream };
    const stream = captured.mozCaptureStream();
    await mouth.play();
    return new MediaStream(stream.getAudioTracks().map((track) => track.clone()));
  };
}

/** Records each track that an element of the page plays. Stands alone, too. */
function listenWithin(): void {
  const elements = new Set<HTMLMediaElement>();
  const played = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject");
  Object.defineProperty(HTMLMediaElement.prototype, "srcObject", {
    ...played,
    set(this: HTMLMediaElement, stream: MediaProvider | null) {
      elements.add(this);
      played?.set?.call(this, stream);
    },
  });

  let recorders: { recorder: MediaRecorder; pieces: Blob[] }[] = [];
  const audible = () =>
    [...elements].filter((element) => !element.paused && !element.muted && element.volume > 0);

  window.recorder = {
    async start() {
      recorders = audible().flatMap(({ srcObject }) => {
        if (!(srcObject instanceof MediaStream)) return [];
        const recorder = new MediaRecorder(srcObject, { audioBitsPerSecond: 256_000 });
        const pieces: Blob[] = [];
        recorder.ondataavailable = ({ data }) => pieces.push(data);
        return [{ recorder, pieces }];
      });
      const started = recorders.map(({ recorder }) => {
        const begun = new Promise((resolve) => recorder.addEventListener("start", resolve));
        recorder.start();
        return begun;
      });
      await Promise.all(started);
      return Date.now();
    },
    async stop() {
      const ended = recorders.map(async ({ recorder, pieces }) => {
        const over = new Promise((resolve) => recorder.addEventListener("stop", resolve));
        recorder.stop();
        await over;
        const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
        let text = "";
        for (let index = 0; index < bytes.length; index += 32_768) {
          text += String.fromCharCode(...bytes.subarray(index, index + 32_768));
        }
        return btoa(text);
      });
      return Promise.all(ended);
    },
  };
}

async function record(page: Page, during: () => Promise<unknown>): Promise<Recording> {
  const startedAt = await page.evaluate(() => window.recorder.start());
  await during();
  const recordings = await page.evaluate(() => window.recorder.stop());
  const tracks = await Promise.all(
    recordings.map(async (recording) => {
      const { samples } = await decoded(Buffer.from(recording, "base64"));
      return new Int16Array(
        samples.buffer.slice(samples.byteOffset, samples.byteOffset + samples.byteLength) as ArrayBuffer,
      );
    }),
  );
  return { samples: together(tracks), startedAt };
}

/** The sum of tracks that began together. */
function together(tracks: Int16Array[]): Buffer {
  const mixed = new Int16Array(Math.max(0, ...tracks.map((track) => track.length)));
  for (const track of tracks) {
    for (const [index, sample] of track.entries()) {
      mixed[index] = Math.max(-32_768, Math.min(32_767, (mixed[index] ?? 0) + sample));
    }
  }
  return Buffer.from(mixed.buffer);
}

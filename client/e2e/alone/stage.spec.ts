/** One's own microphone, and how one hears the others. */
import type { Page } from "@playwright/test";
import { community } from "../harness/accounts.ts";
import { PHONE } from "../harness/people.ts";
import { button, choose, comeHome, comeIn, host, openMicrophone, startSpace } from "../harness/room.ts";
import { level, type Recording } from "../harness/sound.ts";
import { expect, test } from "../harness/test.ts";

declare global {
  interface Window {
    captured: MediaStreamTrack[];
    wanted: MediaTrackConstraints[];
    connections: RTCPeerConnection[];
  }
}

/** Keeps what the page captures, what it asked for, and what it sends it by. Runs inside the page, and so stands alone. */
function keepMicrophones(): void {
  window.captured = [];
  window.wanted = [];
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    window.wanted.push(constraints?.audio as MediaTrackConstraints);
    const stream = await ask(constraints);
    window.captured.push(...stream.getAudioTracks());
    return stream;
  };
  window.connections = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...settings: ConstructorParameters<typeof RTCPeerConnection>) {
      super(...settings);
      window.connections.push(this);
    }
  };
}

/** How many kbit of sound go out in a second, measured for some; and how many may. Runs inside the page, and so stands alone. */
async function spent(): Promise<{ kbps: number; most: number | undefined }> {
  const senders = window.connections.flatMap((one) => one.getSenders()).filter(({ track }) => track !== null);
  const sent = async () => {
    let bytes = 0;
    for (const sender of senders) {
      for (const part of (await sender.getStats()).values())
        if (part.type === "outbound-rtp") bytes += part.bytesSent;
    }
    return bytes;
  };
  const [before, began] = [await sent(), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const kbps = (((await sent()) - before) * 8) / (performance.now() - began);
  return { kbps, most: senders[0]?.getParameters().encodings[0]?.maxBitrate };
}

/** As a browser says it when the plug is pulled. */
function pullThePlug(): void {
  for (const track of window.captured) {
    track.stop();
    track.dispatchEvent(new Event("ended"));
  }
}

const live = (page: Page) =>
  page.evaluate(() => window.captured.filter((track) => track.readyState === "live").length);
const AUDIBLE_DBFS = -45;
const SILENT_DBFS = -70;

/** Listens in short stretches until one is as it should be. */
async function expectLevel(
  ear: { listen(during: () => Promise<unknown>): Promise<Recording>; page: Page },
  is: "audible" | "silent",
): Promise<void> {
  const heard = async () => level(await ear.listen(() => ear.page.waitForTimeout(2000)));
  const wanted = expect.poll(heard, { timeout: 30_000, intervals: [0] });
  await (is === "audible" ? wanted.toBeGreaterThan(AUDIBLE_DBFS) : wanted.toBeLessThan(SILENT_DBFS));
}

test("a microphone that is unplugged in mid-speech leaves one muted, in words, with a way back", async ({
  server,
  person,
}) => {
  const [ann, ben] = await community(server, "ann", "ben");
  const a = await person(server.address, { ...PHONE, microphone: "novel", before: keepMicrophones });
  const b = await person(server.address);
  await host(a, ann, "Loose cable");
  await comeIn("Loose cable", [b, ben]);
  await openMicrophone(a.page);
  await expectLevel(b, "audible");

  await a.page.evaluate(pullThePlug);
  await expect(a.page.getByRole("alert")).toContainText("Your microphone is gone. You are muted.");
  await expect(button(b.page, "Ann, Host, microphone off")).toBeVisible();
  await expectLevel(b, "silent");

  await button(a.page, "Choose a microphone").click();
  await expect(a.page.getByLabel("Microphone", { exact: true })).toBeVisible();
  await a.page.keyboard.press("Escape");
  await openMicrophone(a.page);
  await expect(a.page.getByRole("alert")).toBeHidden();
  await expectLevel(b, "audible");
});

test("who asked to speak checks the own sound meanwhile, which nobody else hears, and lets the microphone go", async ({
  server,
  person,
}) => {
  const [ann, ben] = await community(server, "ann", "ben");
  const space = await ann.startSpace("First time", "invited");
  const b = await person(server.address, { ...PHONE, microphone: "numbers", before: keepMicrophones });
  await comeIn("First time", [b, ben]);
  const sheet = b.page.getByRole("dialog", { name: "Microphone and sound" });
  await button(b.page, "Microphone and sound").click();
  await expect(sheet).toBeVisible();
  await expect(button(b.page, "Check my sound")).toBeHidden();
  await b.page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();

  await button(b.page, "Request to speak").click();
  await button(b.page, "Send request").click();
  await button(b.page, "You asked · place 1").click();
  expect(await b.page.evaluate(() => window.wanted)).toEqual([]);
  await button(b.page, "Check my sound meanwhile").click();
  await b.page.getByRole("button", { name: "Check my sound", exact: true }).click();
  const meter = b.page.getByRole("meter", { name: "Your level" });
  await expect.poll(async () => Number(await meter.getAttribute("value"))).toBeGreaterThan(0.2);
  await expectLevel(b, "audible");

  await b.page.keyboard.press("Escape");
  await expect.poll(() => live(b.page)).toBe(0);
  await ann.ask("POST", `/spaces/${space}/requests/${ben.id}/accept`);
  await expect(button(b.page, /^Unmute microphone/u)).toBeVisible();
});

test("the space bar, held on the microphone, talks for as long as it is held", async ({ server, person }) => {
  const [ann] = await community(server, "ann");
  const { page } = await person(server.address, { microphone: "novel" });
  await comeHome(page, ann);
  await startSpace(page, "Walkie-talkie");
  const microphone = button(page, /microphone/u)
    .filter({ hasText: "icrophone" })
    .last();
  await expect(button(page, /^Unmute microphone/u)).not.toHaveAttribute("aria-disabled", "true");
  await button(page, /^Unmute microphone/u).focus();

  await page.keyboard.down("Space");
  await expect(microphone).toContainText("Microphone is on");
  // What is let go sooner is a press, which switches.
  await page.waitForTimeout(400);
  await page.keyboard.up("Space");
  await expect(microphone).toContainText("Unmute microphone");

  await page.keyboard.down("Space");
  await expect(microphone).toContainText("Microphone is on");
  await page.waitForTimeout(400);
  await button(page, "React").focus();
  await expect(button(page, /^Unmute microphone/u)).toBeVisible();
  await page.keyboard.up("Space");
});

test("on stage one turns somebody down for oneself alone; in the audience nobody is offered that", async ({
  server,
  person,
}) => {
  const [ann, ben, cleo] = await community(server, "ann", "ben", "cleo");
  const a = await person(server.address, PHONE);
  const b = await person(server.address, { microphone: "numbers" });
  const c = await person(server.address);
  const space = await host(a, ann, "Too loud");
  await comeIn("Too loud", [b, ben], [c, cleo]);
  await ann.ask("POST", `/spaces/${space}/invitations/${ben.id}`);
  await button(b.page, "Come on stage").click();
  await openMicrophone(b.page);
  await expectLevel(a, "audible");

  await choose(a.page, "Ben");
  const volume = a.page.getByRole("slider", { name: "Volume of Ben, for you" });
  await volume.focus();
  await a.page.keyboard.press("Home");
  await expect(volume).toHaveValue("0");
  await expectLevel(a, "silent");
  await expectLevel(c, "audible");
  await volume.focus();
  await a.page.keyboard.press("End");
  await expectLevel(a, "audible");

  await choose(c.page, "Ben");
  await expect(button(c.page, "View profile")).toBeVisible();
  await expect(c.page.getByRole("slider")).toBeHidden();
});

test("noise suppression is a switch, and music mode sends the sound as it is, in a better quality", async ({
  server,
  person,
}) => {
  const [ann] = await community(server, "ann");
  const { page } = await person(server.address, { ...PHONE, microphone: "novel", before: keepMicrophones });
  await comeHome(page, ann);
  await startSpace(page, "Unplugged");
  await openMicrophone(page);
  const wanted = () => page.evaluate(() => window.wanted.at(-1));
  expect(await wanted()).toMatchObject({
    noiseSuppression: true,
    echoCancellation: true,
    autoGainControl: true,
  });
  const usual = await page.evaluate(spent);
  expect(usual.most).toBeUndefined();
  expect(usual.kbps).toBeGreaterThan(8);

  await button(page, "Microphone and sound").click();
  await expect(page.getByText("turns your microphone off until you tap it again")).toBeVisible();
  await page.getByRole("switch", { name: "Noise suppression" }).click();
  await expect(page.getByText("turns your microphone off until you tap it again")).toBeHidden();
  expect(await live(page)).toBe(0);
  await page.keyboard.press("Escape");
  await openMicrophone(page);
  expect(await wanted()).toMatchObject({ noiseSuppression: false, echoCancellation: true });

  await button(page, "Microphone and sound").click();
  await page.getByRole("switch", { name: "Music mode" }).click();
  await expect(page.getByRole("switch", { name: "Noise suppression" })).toBeHidden();
  await page.keyboard.press("Escape");
  await openMicrophone(page);
  expect(await wanted()).toMatchObject({
    noiseSuppression: false,
    echoCancellation: false,
    autoGainControl: false,
  });
  expect(await page.evaluate(() => window.captured.at(-1)?.contentHint)).toBe("music");
  const music = await page.evaluate(spent);
  expect(music.most).toBe(128_000);
  expect(music.kbps).toBeGreaterThan(2 * usual.kbps);
  expect(music.kbps).toBeGreaterThan(80);
});

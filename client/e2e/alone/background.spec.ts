/** A tab over which another one lies. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "@playwright/test";
import { community } from "../harness/accounts.ts";
import { signIn, tap } from "../harness/by-hand.ts";
import { sit } from "../harness/crowd.ts";
import { keepButtons, press, shown } from "../harness/lock-screen.ts";
import { button, host, onStage, openMicrophone } from "../harness/room.ts";
import { judge, level, type Recording, type Speech } from "../harness/sound.ts";
import { expect, test } from "../harness/test.ts";
import type { WindowVisitor } from "../harness/window.ts";

/** Longer than a machine that has other things to do needs to miss what is slowed down. */
const HIDDEN_MS = 16_000;
const AUDIBLE_DBFS = -45;
const SILENT_DBFS = -70;

async function expectHeard(recording: Recording, said: Speech, name: string): Promise<void> {
  const verdict = await judge(recording, said, name);
  expect(verdict.speaking_s).toBeGreaterThan(6);
  expect(verdict.intelligibility).toBeGreaterThanOrEqual(0.85);
  // Whoever is slowed down, or has to connect again, is silent for seconds.
  expect(verdict.longest_gap_s).toBeLessThanOrEqual(0.5);
}

const isHidden = ({ page }: WindowVisitor) => page.evaluate(() => document.visibilityState === "hidden");
/** Who is on stage, as they see it. */
const faces = ({ page }: WindowVisitor) =>
  page.$$eval(".stage > li[data-person]", (seats) => seats.map(({ textContent }) => textContent));
const hears = (visitor: WindowVisitor) => async () => level(await visitor.listen(() => sleep(2000)));
const listening = (page: Page, many: number) => expect(page.getByText(`${many} listening`)).toBeVisible();

test("a tab in the background goes on sounding, does what the lock screen's buttons say, and shows who is there when one comes back", async ({
  server,
  person,
  inWindow,
}) => {
  const [ann, ben, cleo] = await community(server, "ann", "ben", "cleo");
  const a = await person(server.address, { microphone: "novel" });
  const { page: elsewhere } = await person(server.address);
  const b = await inWindow(`${server.address}/sign-in`, { before: keepButtons });
  const space = await host(a, ann, "While I work");
  await ann.ask("PATCH", `/spaces/${space}`, { policy: "everyone" });
  await signIn(b, ben);
  await tap(b, "Join While I work");
  await openMicrophone(a.page);
  await expect.poll(hears(b), { timeout: 60_000, intervals: [0] }).toBeGreaterThan(AUDIBLE_DBFS);
  await listening(a.page, 1);
  await tap(b, "Fold the room");

  await b.hide();
  await sleep(1000);
  await expectHeard(await b.listen(() => sleep(HIDDEN_MS)), "novel", "behind-a-tab");
  expect(await isHidden(b)).toBe(true);
  await listening(a.page, 1);

  const screen = () => b.page.evaluate(shown);
  expect(await screen()).toEqual({ title: "While I work", artist: "Ann", playbackState: "playing" });
  await b.page.evaluate(press, "pause");
  await expect.poll(hears(b), { timeout: 60_000, intervals: [0] }).toBeLessThan(SILENT_DBFS);
  expect((await screen()).playbackState).toBe("paused");
  await b.page.evaluate(press, "play");
  await expect.poll(hears(b), { timeout: 60_000, intervals: [0] }).toBeGreaterThan(AUDIBLE_DBFS);

  await sit(elsewhere, cleo, space);
  await expect(onStage(a.page)).toHaveCount(2);
  expect(await isHidden(b)).toBe(true);
  await b.show();
  await tap(b, "Open the room");
  await expect
    .poll(() => faces(b))
    .toEqual([expect.stringContaining("Ann"), expect.stringContaining("Cleo")]);
  expect(await b.page.$("::-p-text(Reconnecting)")).toBeNull();
  await listening(a.page, 1);
});

test("who speaks is heard while another tab lies over theirs, and keeps the seat", async ({
  server,
  person,
  inWindow,
}) => {
  const [ann, ben] = await community(server, "ann", "ben");
  const space = await ann.startSpace("Slides in the other tab");
  const a = await person(server.address);
  const b = await inWindow(`${server.address}/sign-in`, { microphone: "numbers" });
  await ann.signIn(a.page);
  await a.page.goto(`${server.address}/spaces/${space}`);
  await signIn(b, ben);
  await tap(b, "Join Slides");
  await tap(b, "Speak");
  await tap(b, "Unmute microphone");
  await expect(button(a.page, "Ben, Speaker, microphone on")).toBeVisible();
  await a.tap();

  await b.hide();
  await sleep(1000);
  await expectHeard(await a.listen(() => sleep(HIDDEN_MS)), "numbers", "spoken-behind-a-tab");
  expect(await isHidden(b)).toBe(true);
  await expect(button(a.page, "Ben, Speaker, microphone on")).toBeVisible();
  await b.show();
  await tap(b, "Mute microphone");
  await expect(button(a.page, "Ben, Speaker, microphone off")).toBeVisible();
});

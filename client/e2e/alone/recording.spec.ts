import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "@playwright/test";
import { community } from "../harness/accounts.ts";
import { PHONE } from "../harness/people.ts";
import { comeHome, joinBubble, openMicrophone, startSpace } from "../harness/room.ts";
import { decoded, judge } from "../harness/sound.ts";
import { expect, test } from "../harness/test.ts";

/** The sound at an address that the page names, as a file. */
async function fetched(page: Page, path: string): Promise<Buffer> {
  const answer = await page.request.get(path);
  expect(answer.ok()).toBe(true);
  return answer.body();
}

/** Plays until some seconds have gone by on the page's clock. */
async function expectPlays(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Play", exact: true }).click();
  const position = page.getByRole("slider", { name: "Position" });
  await expect.poll(async () => Number(await position.getAttribute("aria-valuenow"))).toBeGreaterThan(1);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
}

test("a Space is recorded in everybody's sight; whoever opens a microphone agrees; it is heard again, and cut into a clip", async ({
  server,
  person,
}) => {
  const [ann, ben] = await community(server, "ann", "ben");
  const a = await person(server.address, { microphone: "novel" });
  const b = await person(server.address, PHONE);
  await comeHome(a.page, ann);
  await startSpace(a.page, "For keeps");
  await comeHome(b.page, ben);
  await joinBubble(b.page, "For keeps");
  await openMicrophone(a.page);

  await a.page.getByRole("button", { name: "Room settings" }).click();
  await a.page.getByRole("switch", { name: "Record this Space" }).click();
  await a.page.getByRole("button", { name: "Save" }).click();
  for (const { page } of [a, b]) await expect(page.getByTitle("This Space is recorded")).toBeVisible();
  await expect(a.page.getByText("when you open your microphone, you agree")).toBeVisible();
  const space = await ann.space();
  await openMicrophone(a.page);
  await sleep(12_000);

  const room = a.page.getByRole("region", { name: "The Space you are in" });
  await room.getByRole("button", { name: "Leave" }).click();
  await a.page.getByRole("button", { name: "End Space" }).click();
  for (const { page } of [a, b]) {
    await page.getByRole("button", { name: "Play the replay" }).click();
    await expect(page.getByRole("heading", { name: "For keeps" })).toBeVisible();
  }
  await expectPlays(b.page);
  const replay = await ben.ask<{ audio_url: string; duration_ms: number }>("GET", `/spaces/${space}/replay`);
  expect(replay.duration_ms).toBeGreaterThan(10_000);
  const kept = await decoded(await fetched(b.page, new URL(replay.audio_url, server.address).href));
  const verdict = await judge(kept, "novel", "replay");
  expect(verdict.intelligibility).toBeGreaterThanOrEqual(0.85);
  expect(verdict.speaking_s).toBeGreaterThan(3);

  await b.page.getByRole("button", { name: "Make a clip" }).click();
  await b.page.getByLabel("Name of the clip").fill("The best of it");
  await b.page.getByLabel("How long").selectOption("10 s");
  await b.page.getByRole("button", { name: "Cut it here" }).click();
  await expect(b.page.getByRole("heading", { name: "The best of it" })).toBeVisible();
  await expectPlays(b.page);

  await a.page.getByRole("button", { name: "Delete the recording" }).click();
  await a.page.getByRole("dialog").getByRole("button", { name: "Delete the recording" }).click();
  await b.page.reload();
  await expect(b.page.getByRole("heading", { name: "Nothing here" })).toBeVisible();
});

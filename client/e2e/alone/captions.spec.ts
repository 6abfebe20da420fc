/** What is said, for whoever wants to read it. */
import type { Page } from "@playwright/test";
import { community } from "../harness/accounts.ts";
import { faults } from "../harness/axe.ts";
import { PHONE } from "../harness/people.ts";
import { comeHome, joinBubble, openMicrophone, startSpace } from "../harness/room.ts";
import { expect, test } from "../harness/test.ts";

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const captions = (page: Page) => page.getByRole("region", { name: "Captions" });

/** How many messages with captions this page's feeds have carried from now on. */
function captionsCarried(page: Page): () => number {
  let count = 0;
  page.on("websocket", (socket) => {
    socket.on("framereceived", ({ payload }) => {
      if (payload.toString().includes('"channel":"captions"')) count += 1;
    });
  });
  return () => count;
}

test("what somebody says who agreed to it is read by whoever switched captions on, and by nobody else", async ({
  server,
  person,
}) => {
  test.setTimeout(240_000);
  const [ann, ben, cleo] = await community(server, "ann", "ben", "cleo");
  const a = await person(server.address, { microphone: "meeting" });
  const [b, c] = [await person(server.address, PHONE), await person(server.address)];
  const carried = { b: captionsCarried(b.page), c: captionsCarried(c.page) };
  await comeHome(a.page, ann);
  await startSpace(a.page, "Town meeting");
  for (const [visitor, account] of [
    [b, ben],
    [c, cleo],
  ] as const) {
    await comeHome(visitor.page, account);
    await joinBubble(visitor.page, "Town meeting");
  }
  await expect(a.page.getByText("May your words be shown as captions?")).toBeVisible();
  await button(a.page, "Caption me").click();
  await expect(a.page.getByText("May your words be shown as captions?")).toBeHidden();
  await expect(b.page.getByText("May your words be shown as captions?")).toHaveCount(0);

  await expect(captions(b.page)).toHaveCount(0);
  await button(b.page, "Show captions").click();
  await expect(captions(b.page)).toContainText("What people on stage say stands here");
  await openMicrophone(a.page);
  const line = captions(b.page).getByRole("listitem").first();
  await expect(line).toContainText(/good evening|welcome to the meeting/i, { timeout: 120_000 });
  await expect(line).toContainText("Ann");
  expect(carried.b()).toBeGreaterThan(0);
  await expect(captions(c.page)).toHaveCount(0);
  expect(carried.c()).toBe(0);

  const space = await ann.space();
  const { items } = await ben.ask<{ items: unknown[] }>("GET", `/spaces/${space}/captions`);
  expect(items.length).toBeGreaterThan(0);
  await ann.ask("POST", `/spaces/${space}/end`);
  await expect(ben.ask("GET", `/spaces/${space}/captions`)).rejects.toThrow("410");
});

test("one pauses, enlarges and hides captions, and is told when a language is not understood", async ({
  server,
  person,
}) => {
  const [ann, ben] = await community(server, "ann", "ben");
  const body = { title: "En español", language: "es", policy: "everyone" };
  const { id } = await ann.ask<{ id: string }>("POST", "/spaces", body);
  const { page } = await person(server.address, PHONE);
  await ben.signIn(page);
  await page.goto(`${server.address}/spaces/${id}`);
  await button(page, "Show captions").click();
  await expect(captions(page)).toContainText("not in a language that captions here understand");
  expect(await faults(page)).toEqual([]);
  await button(page, "How captions look").click();
  await page.getByText("Large", { exact: true }).click();
  await page.getByRole("switch", { name: "White on black" }).click();
  await page.keyboard.press("Escape");
  await page.reload();
  await expect(captions(page)).toHaveCSS("font-size", "22px");
  await expect(page.locator(".panel.stark")).toBeVisible();
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press("c");
  await expect(captions(page)).toHaveCount(0);
});

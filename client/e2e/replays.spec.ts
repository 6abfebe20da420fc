import type { Page } from "@playwright/test";
import { community } from "./harness/accounts.ts";
import { excess, faults } from "./harness/axe.ts";
import { PHONE } from "./harness/people.ts";
import { replayed, SAID } from "./harness/replay.ts";
import { comeHome } from "./harness/room.ts";
import { expect, test } from "./harness/test.ts";

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const captions = (page: Page) => page.getByRole("region", { name: "Captions" });

test("a replay is read along, a line leads to where it is said, and the words can be kept", async ({
  server,
  person,
}) => {
  const [ann, ben] = await community(server, "ann", "ben");
  const space = await replayed(server, ann, "The week in an hour");
  const { page } = await person(server.address, PHONE);
  await ben.signIn(page);
  await page.goto(`${server.address}/spaces/${space}/replay`);
  await expect(page.getByRole("heading", { name: "The week in an hour" })).toBeVisible();
  await expect(captions(page)).toHaveCount(0);
  await button(page, "Show captions").click();
  const lines = captions(page).getByRole("listitem");
  await expect(lines).toHaveText(SAID.map(([, text]) => new RegExp(`Ann ${text}`)));
  await captions(page)
    .getByRole("button", { name: /news of the week/ })
    .click();
  await expect(page.getByRole("slider", { name: "Position" })).toHaveAttribute("aria-valuenow", "12");
  await expect(lines.nth(1).getByRole("button")).toHaveAttribute("aria-current", "true");
  await page.getByRole("slider", { name: "Position" }).press("End");
  await expect(lines.nth(2).getByRole("button")).toHaveAttribute("aria-current", "true");
  expect(await faults(page)).toEqual([]);
  expect(await excess(page)).toBe(0);

  await button(page, "How captions look").click();
  await page.getByText("Large", { exact: true }).click();
  await page.getByRole("switch", { name: "White on black" }).click();
  await page.keyboard.press("Escape");
  await expect(captions(page)).toHaveCSS("font-size", "22px");
  expect(await faults(page)).toEqual([]);
  expect(await excess(page)).toBe(0);

  const kept = page.waitForEvent("download");
  await page.getByRole("link", { name: "Captions as a file" }).click();
  expect((await kept).suggestedFilename()).toBe("The week in an hour.vtt");
  await button(page, "Hide captions").click();
  await expect(captions(page)).toHaveCount(0);
});

test("whoever hears a clip finds its replay, and its host deletes both", async ({ server, person }) => {
  const [ann, ben] = await community(server, "ann", "ben");
  const space = await replayed(server, ann, "The week in an hour");
  const asked = { start_ms: 12_000, length_ms: 10_000, title: "The news" };
  const { id } = await ben.ask<{ id: string }>("POST", `/spaces/${space}/clips`, asked);
  const { page } = await person(server.address);
  await page.goto(`${server.address}/clips/${id}`);
  await expect(page.getByRole("heading", { name: "The news" })).toBeVisible();
  await expect(page.getByText("From “The week in an hour”")).toBeVisible();
  await expect(page.getByRole("slider", { name: "Position" }).locator("rect").nth(60)).toBeAttached();
  expect(await faults(page)).toEqual([]);
  await page.getByRole("link", { name: "Hear all of it" }).click();
  await expect(page.getByRole("heading", { name: "The week in an hour" })).toBeVisible();
  await expect(button(page, "Delete the recording")).toHaveCount(0);

  await ann.signIn(page);
  await page.reload();
  await button(page, "Delete the recording").click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete the recording" }).click();
  // It leads back to where one came from; to go on before that would be to go two ways at once.
  await expect(page).not.toHaveURL(/replay$/u);
  await page.goto(`${server.address}/clips/${id}`);
  await expect(page.getByText("This clip is gone.")).toBeVisible();
});

test("a host has a Space recorded from its first word, now or later, and everybody sees it", async ({
  server,
  person,
}) => {
  const [ann, ben] = await community(server, "ann", "ben");
  const { page } = await person(server.address);
  await comeHome(page, ann);
  await button(page, "Start a Space").first().click();
  const sheet = page.getByRole("dialog", { name: "Start a Space" });
  await sheet.getByLabel("What do you want to talk about?").fill("For keeps");
  await sheet.getByText("More", { exact: true }).click();
  await sheet.getByRole("switch", { name: "Record it" }).click();
  await button(page, "Start now").click();
  await expect(page.getByTitle("This Space is recorded")).toBeVisible();
  await expect(page.getByText("when you open your microphone, you agree")).toBeVisible();
  const { recording_since, started_at } = await ben.ask<Record<string, string>>(
    "GET",
    `/spaces/${await ann.space()}`,
  );
  expect(recording_since).toBe(started_at);
  expect(await faults(page)).toEqual([]);
  await ann.ask("POST", `/spaces/${await ann.space()}/end`);

  await page.goto(server.address);
  await button(page, "Start a Space").first().click();
  await sheet.getByLabel("What do you want to talk about?").fill("For keeps, tomorrow");
  await button(page, "For later").click();
  const later = page.getByRole("dialog", { name: "Schedule a Space" });
  await later.getByText("More", { exact: true }).click();
  await later.getByRole("switch", { name: "Record it" }).click();
  await later.getByRole("button", { name: "Schedule", exact: true }).click();
  await expect(page.getByRole("main").getByText("Nobody has set a reminder yet")).toBeVisible();
  await page.getByRole("main").getByRole("button", { name: "Start now" }).click();
  await expect(page.getByTitle("This Space is recorded")).toBeVisible();
});

import type { Page } from "@playwright/test";
import { Account } from "./harness/accounts.ts";
import { PHONE } from "./harness/people.ts";
import { Background, PushService, subscribeWith } from "./harness/push.ts";
import { expect, test } from "./harness/test.ts";

// The light browser shows no notifications.
test.use({ settings: { COOEE_TESTS_MAY_REACH_LOOPBACK: "1" }, light: false });

test("a host schedules a Space, is rung when it is time and starts it; who set a reminder is rung, taps, and is in it", async ({
  server,
  person,
}) => {
  // He does not follow her: all that he hears is what he asked for.
  const [amara, bo] = [await Account.made(server, "amara"), await Account.made(server, "bo")];
  const [toHost, toFollower] = [await PushService.opened(), await PushService.opened()];
  const { page: host } = await person(server.address, PHONE);
  const { page: follower } = await person(server.address, PHONE);
  await letRing(host, amara, toHost, server.address);
  await letRing(follower, bo, toFollower, server.address);

  await host.goto(server.address);
  await host.getByRole("button", { name: "Start a Space" }).last().click();
  const sheet = host.getByRole("dialog", { name: "Start a Space" });
  await sheet.getByLabel("What do you want to talk about?").fill("Tea at noon");
  await sheet.getByRole("button", { name: "For later" }).click();
  const scheduling = host.getByRole("dialog", { name: "Schedule a Space" });
  await scheduling.getByRole("button", { name: "Schedule", exact: true }).click();
  await expect(host.getByRole("main").getByText("Nobody has set a reminder yet")).toBeVisible();
  const id = new URL(host.url()).pathname.split("/").at(-1) ?? "";
  // Nobody waits until tomorrow. It is moved before anybody set a reminder, so that nobody is told of that.
  const soon = new Date(Date.now() + 2000).toISOString();
  await amara.ask("PATCH", `/spaces/${id}/schedule`, { scheduled_start: soon });

  await follower.goto(`${server.address}/spaces/${id}`);
  const main = follower.getByRole("main");
  await main.getByRole("button", { name: "Set reminder" }).click();
  await expect(main.getByRole("button", { name: "Reminder set" })).toHaveAttribute("aria-pressed", "true");
  await expect
    .poll(async () => (await bo.ask<{ reminded: boolean }>("GET", `/spaces/${id}`)).reminded)
    .toBe(true);
  await follower.goto(server.address);

  await host.goto(server.address);
  await rung(host, toHost, "due", "Tea at noon");
  await expect(host).toHaveURL(`${server.address}/spaces/${id}`);
  await host.getByRole("main").getByRole("button", { name: "Start now" }).click();
  await expect(host.getByRole("button", { name: /^Unmute microphone/u })).toBeVisible();

  await rung(follower, toFollower, "reminder", "Tea at noon");
  await expect(follower).toHaveURL(`${server.address}/spaces/${id}`);
  await expect(follower.getByRole("button", { name: /^Request|^Speak/u })).toBeVisible();
  // The bell rang once for each thing.
  expect(toFollower.arrived.map((one) => one.kind)).toEqual(["reminder"]);
  for (const service of [toHost, toFollower]) service.close();
});

/** Somebody signs in and lets this browser ring. */
async function letRing(page: Page, account: Account, service: PushService, address: string): Promise<void> {
  await page.context().grantPermissions(["notifications"], { origin: address });
  await page.addInitScript(subscribeWith, service.keys);
  await account.signIn(page);
  await page.goto(`${address}/notifications`);
  await page.getByRole("button", { name: "Notify me" }).click();
  await expect(page.getByText("You are notified in this browser")).toBeVisible();
}

/** What the node pushed stands on the screen of somebody who looks at something else, and is tapped. */
async function rung(page: Page, service: PushService, kind: string, body: string): Promise<void> {
  const arrived = await service.next(kind);
  const background = await Background.of(page);
  await expect(async () => {
    await background.deliver(arrived.plain);
    expect((await background.shown()).map((one) => one.body)).toEqual([expect.stringContaining(body)]);
  }).toPass();
  await background.tap();
  await page.bringToFront();
}

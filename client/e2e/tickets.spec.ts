import type { Page } from "@playwright/test";
import { type Account, administrator, community } from "./harness/accounts.ts";
import { excess, faults } from "./harness/axe.ts";
import { DESK, type Equipment, PHONE } from "./harness/people.ts";
import { Server } from "./harness/server.ts";
import { Stripe } from "./harness/stripe.ts";
import { test as base, expect, type Rooms } from "./harness/test.ts";

/** A node that sells, at a stand-in for Stripe. */
const test = base.extend<{ stripe: Stripe }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern.
  stripe: async ({}, use) => {
    const stripe = await Stripe.opened();
    await use(stripe);
    await stripe.close();
  },
  server: async ({ settings, stripe }, use) => {
    const server = await Server.started({ ...stripe.settings, ...settings });
    await use(server);
    await server.stop();
  },
});

/** A host says to Stripe who they are, and offers tickets from the start sheet. */
async function sell(host: Page, server: Server): Promise<void> {
  await host.goto(`${server.address}/settings/earnings`);
  await host.getByRole("button", { name: "Set up payouts" }).click();
  await expect(host.getByRole("heading", { name: "Payouts are set up" })).toBeVisible();
  await host.goto(server.address);
  await host.getByRole("button", { name: "Start a Space" }).last().click();
  const sheet = host.getByRole("dialog", { name: "Start a Space" });
  await sheet.getByLabel("What do you want to talk about?").fill("Tea for those who pay");
  await sheet.getByRole("switch", { name: "Sell tickets" }).click();
  await sheet.getByLabel("Price in USD").fill("4.50");
  await sheet.getByLabel("How many").fill("3");
  await sheet.getByRole("button", { name: "Start now" }).click();
  await expect(host.getByRole("button", { name: /^Microphone|Turn .* on/u }).first()).toBeVisible();
}

test("a host sells, a listener without a ticket sees the offer and hears nothing, buys at Stripe, and is let in", async ({
  server,
  person,
}) => {
  const [amara, bo] = await community(server, "amara", "bo");
  if (!amara || !bo) throw new Error("nobody");
  const { page: host } = await person(server.address, PHONE);
  await amara.signIn(host);
  await sell(host, server);
  const space = await amara.space();

  const { page: listener } = await person(server.address, PHONE);
  const opened: string[] = [];
  listener.on("websocket", (socket) => opened.push(socket.url()));
  listener.on("request", (request) => opened.push(request.url()));
  await bo.signIn(listener);
  await listener.goto(`${server.address}/spaces/${space}`);
  await expect(listener.getByRole("heading", { name: "Come in with a ticket" })).toBeVisible();
  await expect(listener.getByText("3 seats left")).toBeVisible();
  const doors = new RegExp(`/whep/|/whip/|topic=space|space(:|%3A)${space}`, "u");
  expect(opened.filter((url) => doors.test(url))).toEqual([]);

  await listener.getByRole("button", { name: "Buy for $4.50" }).click();
  const sheet = listener.getByRole("dialog", { name: "Get a ticket" });
  await sheet.getByRole("button", { name: "Buy for $4.50" }).click();
  await expect(listener.getByRole("heading", { name: "450 usd" })).toBeVisible();
  await listener.getByRole("button", { name: "Pay" }).click();
  await expect(listener.getByRole("heading", { name: "You have a ticket" })).toBeVisible();
  await listener.getByRole("link", { name: "To the Space" }).click();
  await expect(listener.getByRole("button", { name: "Request" })).toBeVisible();

  await host.goto(`${server.address}/settings/earnings`);
  await expect(host.getByRole("main").getByText("$4.37").first()).toBeVisible();
});

/** A host who is paid, and a Space of hers that begins tomorrow. */
async function announced(host: Account, price: number, seats: number): Promise<string> {
  const { url } = await host.ask<{ url: string }>("POST", "/me/payout-account");
  // Whoever opens the link has told Stripe all it asks.
  await fetch(url, { redirect: "manual" });
  await host.ask("POST", "/me/payout-account/check");
  return offered(host, price, seats);
}

/** Another one of hers. */
async function offered(host: Account, price: number, seats: number): Promise<string> {
  const scheduled_start = new Date(Date.now() + 86_400_000).toISOString();
  const { id } = await host.ask<{ id: string }>("POST", "/spaces", {
    title: "Tea tomorrow",
    scheduled_start,
  });
  await host.ask("PUT", `/spaces/${id}/tickets`, { price, seats });
  return id;
}

/** Somebody at a browser of their own. */
async function at(
  who: Account,
  server: Server,
  path: string,
  person: Rooms["person"],
  size: Equipment = PHONE,
): Promise<Page> {
  const { page } = await person(server.address, size);
  await who.signIn(page);
  await page.goto(`${server.address}${path}`);
  return page;
}

test("a host gives a seat and a code, one buys a gift with it, another waits in line and gets the seat that comes back", async ({
  server,
  person,
}) => {
  const [amara, bo, cy, di, ed] = await community(server, "amara", "bo", "cy", "di", "ed");
  if (!amara || !bo || !cy || !di || !ed) throw new Error("nobody");
  const space = await announced(amara, 1000, 2);

  const host = await at(amara, server, `/spaces/${space}`, person);
  await host.getByRole("button", { name: "Tickets sold" }).click();
  const sales = host.getByRole("dialog", { name: "Tickets sold" });
  await sales.getByLabel("Give a free seat to").fill("cy");
  await sales.getByRole("button", { name: "Give", exact: true }).click();
  await expect(sales.getByText("1 of 2 seats")).toBeVisible();
  await sales.getByLabel("Code", { exact: true }).fill("friends");
  await sales.getByLabel("Per cent off").fill("50");
  await sales.getByRole("button", { name: "Add a code" }).click();
  await expect(sales.getByText("50 % off, 0 of 10 used")).toBeVisible();

  const buyer = await at(bo, server, "/discover", person);
  const card = buyer.getByRole("region", { name: "Space: Tea tomorrow" });
  await expect(card.getByText("$10 · 1 seat left")).toBeVisible();
  await card.getByRole("link", { name: "Get ticket for Tea tomorrow" }).click();
  await buyer.getByRole("button", { name: "Buy for $10" }).click();
  const sheet = buyer.getByRole("dialog", { name: "Get a ticket" });
  await sheet.getByLabel("Promo code").fill("friends");
  await sheet.getByLabel("As a gift, for").fill("di");
  await sheet.getByRole("button", { name: "Buy for $10" }).click();
  await expect(buyer.getByRole("heading", { name: "500 usd" })).toBeVisible();
  await buyer.getByRole("button", { name: "Pay" }).click();
  await expect(buyer.getByRole("heading", { name: "Di has a ticket" })).toBeVisible();
  await buyer.goto(`${server.address}/people/bo`);
  await buyer.getByRole("button", { name: "Tickets", exact: true }).click();
  const gave = buyer.getByRole("region", { name: "You gave" });
  await expect(gave.getByText("For Di · $5 paid")).toBeVisible();

  const waiter = await at(ed, server, `/spaces/${space}`, person);
  await expect(waiter.getByText("Sold out")).toBeVisible();
  await waiter.getByRole("button", { name: "Wait for a seat" }).click();
  await expect(waiter.getByText("You are number 1 in line.", { exact: false })).toBeVisible();

  await host.reload();
  await host.getByRole("button", { name: "Tickets sold" }).click();
  await sales.getByRole("button", { name: "Give the money back to Di" }).click();
  await sales.getByRole("button", { name: "Give the money back to Di" }).click();
  await expect(
    sales.getByRole("listitem").filter({ hasText: "from Bo" }).getByText("Given back"),
  ).toBeVisible();

  // Bo was quicker to look, but the seat is kept for Ed.
  await buyer.goto(`${server.address}/spaces/${space}`);
  await expect(buyer.getByText("Sold out")).toBeVisible();
  await expect(waiter.getByText("A seat is kept for you until", { exact: false })).toBeVisible();
  await waiter.goto(`${server.address}/tickets`);
  await waiter.getByRole("region", { name: "In line" }).getByRole("link", { name: "Get ticket" }).click();
  await waiter.getByRole("button", { name: "Buy for $10" }).click();
  await waiter
    .getByRole("dialog", { name: "Get a ticket" })
    .getByRole("button", { name: "Buy for $10" })
    .click();
  await waiter.getByRole("button", { name: "Pay" }).click();
  await expect(waiter.getByRole("heading", { name: "You have a ticket" })).toBeVisible();
  await waiter.goto(`${server.address}/tickets`);
  await expect(waiter.getByRole("region", { name: "Coming up" }).getByText("$10 paid")).toBeVisible();

  await expect(async () => {
    await buyer.goto(`${server.address}/tickets`);
    await expect(buyer.getByRole("region", { name: "Before" }).getByText(/Money .*: \$5/u)).toBeVisible();
  }).toPass();
  const guest = await at(cy, server, "/tickets", person);
  await expect(guest.getByRole("region", { name: "Coming up" }).getByText("From Amara")).toBeVisible();
});

test("a listener gives the host a tip, and the room goes on meanwhile", async ({ server, person }) => {
  const [amara, bo] = await community(server, "amara", "bo");
  if (!amara || !bo) throw new Error("nobody");
  await announced(amara, 1000, 2);
  await amara.ask("PUT", "/me/selling", { tips: true });
  const space = await amara.startSpace("Tea now");
  const listener = await at(bo, server, `/spaces/${space}`, person);
  await listener.getByRole("button", { name: "Tip the host" }).click();
  const sheet = listener.getByRole("dialog", { name: "Give Amara a tip" });
  await sheet.getByLabel("Amount in USD").fill("7");
  const opened = listener.context().waitForEvent("page");
  await sheet.getByRole("button", { name: "Go on to pay" }).click();
  const tab = await opened;
  await expect(tab.getByRole("heading", { name: "700 usd" })).toBeVisible();
  await tab.getByRole("button", { name: "Pay" }).click();
  await expect(tab.getByText("Your tip of $7 is with the host.")).toBeVisible();
  await expect(sheet).toBeHidden();
  await expect(listener.getByRole("button", { name: "Speak", exact: true })).toBeVisible();
  const { balances } = await amara.ask<{ balances: { amount: number }[] }>("GET", "/me/earnings");
  expect(balances).toEqual([{ currency: "usd", amount: 679 }]);
});

test("what it costs to come in is seen before the tap: on the bubble, its preview, the profile, in what is ahead, and in a frame of another site", async ({
  server,
  person,
}) => {
  const [amara, bo] = await community(server, "amara", "bo");
  if (!amara || !bo) throw new Error("nobody");
  const later = await announced(amara, 1000, 2);
  const now = await offered(amara, 450, 3);
  await amara.ask("POST", `/spaces/${now}/start`);
  const page = await at(bo, server, "/", person);
  await expect(
    page.getByRole("button", { name: /^Join Tea tomorrow.*\$4\.50 · 3 seats left$/u }),
  ).toBeVisible();
  expect(await faults(page)).toEqual([]);
  await page.getByRole("button", { name: /in Tea tomorrow: who is there/u }).click();
  const preview = page.getByRole("dialog", { name: "Live now" });
  await expect(preview.getByText("$4.50 · 3 seats left")).toBeVisible();
  await expect(preview.getByRole("button", { name: "Get ticket" })).toBeVisible();

  await page.goto(`${server.address}/people/amara`);
  await expect(page.getByRole("button", { name: /\$4\.50 · 3 seats left$/u })).toBeVisible();
  expect(await faults(page)).toEqual([]);
  expect(await excess(page)).toBe(0);
  await page.goto(`${server.address}/upcoming`);
  const row = page.getByRole("listitem").filter({ has: page.locator(`a[href="/spaces/${later}"]`) });
  await expect(row.getByText("$10 · 2 seats left")).toBeVisible();
  expect(await faults(page)).toEqual([]);
  expect(await excess(page)).toBe(0);

  await page.goto(`${server.address}/embed/spaces/${now}`);
  await expect(page.getByRole("status").filter({ hasText: "$4.50 · 3 seats left" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Get ticket" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Listen" })).toHaveCount(0);
});

test("without keys the page of earnings says why nothing is sold", async ({ person }) => {
  const server = await Server.started();
  try {
    const [amara] = await community(server, "amara");
    const { page } = await person(server.address, PHONE);
    await amara?.signIn(page);
    await page.goto(`${server.address}/settings/earnings`);
    await expect(page.getByText("Nothing is sold on this site yet")).toBeVisible();
    await expect(page.getByText(/COOEE_STRIPE_SECRET_KEY/u)).toBeVisible();
  } finally {
    await server.stop();
  }
});

/** Somebody buys a ticket, and pays for it on Stripe's page. */
async function paid(who: Account, page: Page, space: string): Promise<void> {
  const ticket = await who.ask<{ checkout_url: string }>("POST", `/spaces/${space}/tickets`, {});
  await page.goto(ticket.checkout_url);
  await page.getByRole("button", { name: "Pay" }).click();
  await expect(page.getByRole("heading", { name: "You have a ticket" })).toBeVisible();
}

test.describe("where a Space may be as short as it likes", () => {
  test.use({ settings: { COOEE_TICKET_LEAST_MINUTES: "0" } });

  test("whoever bought for another time gives the ticket back, and moderators give back the money for what was a fraud", async ({
    server,
    person,
  }) => {
    const [amara, bo, cy] = await community(server, "amara", "bo", "cy");
    const mo = await administrator(server, "mo");
    const space = await announced(amara, 1000, 3);
    const late = await at(bo, server, "/", person);
    await paid(bo, late, space);
    const scheduled_start = new Date(Date.now() + 3 * 86_400_000).toISOString();
    await amara.ask("PATCH", `/spaces/${space}/schedule`, { scheduled_start });
    const cheated = await at(cy, server, "/", person, DESK);
    await paid(cy, cheated, space);

    await late.goto(`${server.address}/tickets`);
    const coming = late.getByRole("region", { name: "Coming up" });
    await expect(coming.getByText("moved since you bought it")).toBeVisible();
    await coming.getByRole("button", { name: "Give it back" }).click();
    await coming.getByRole("button", { name: "Give it back for $10" }).click();
    await expect(async () => {
      await late.goto(`${server.address}/tickets`);
      await expect(late.getByRole("region", { name: "Before" }).getByText(/Money back: \$10/u)).toBeVisible();
    }).toPass();

    await amara.ask("POST", `/spaces/${space}/start`);
    await amara.ask("POST", `/spaces/${space}/end`);
    await cheated.goto(`${server.address}/tickets`);
    await cheated.getByRole("button", { name: "Report this Space" }).click();
    await cheated.getByText("Spam or fraud").click();
    await cheated.getByRole("button", { name: "Send report" }).click();
    await expect(cheated.getByText("Thank you. The moderators will look at it.")).toBeVisible();

    const desk = await at(mo, server, "/settings/moderation", person);
    await desk.getByRole("button", { name: /Tea tomorrow/u }).click();
    await desk.getByRole("button", { name: "Give the money back" }).click();
    await expect(
      desk.getByText("Everybody who has paid for this Space gets all of it back.", { exact: false }),
    ).toBeVisible();
    expect(await faults(desk)).toEqual([]);
    await desk.getByRole("button", { name: "Give the money back" }).click();
    await expect(desk.getByRole("heading", { name: "Nothing to decide" })).toBeVisible();
    await expect(async () => {
      await cheated.goto(`${server.address}/tickets`);
      await expect(
        cheated.getByRole("region", { name: "Before" }).getByText(/Money back: \$10/u),
      ).toBeVisible();
    }).toPass();
    const { balances } = await amara.ask<{ balances: { amount: number }[] }>("GET", "/me/earnings");
    expect(balances.map(({ amount }) => amount)).toEqual([0]);
  });
});

import type { Page } from "@playwright/test";
import { community } from "./harness/accounts.ts";
import { Server } from "./harness/server.ts";
import { Stripe } from "./harness/stripe.ts";
import { test as base, expect } from "./harness/test.ts";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

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

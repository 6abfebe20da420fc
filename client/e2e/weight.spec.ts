/** What a page fetches of script before anything is tapped: with all that comes when the page stands. */
import { gzipSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { type Account, community } from "./harness/accounts.ts";
import { PHONE } from "./harness/people.ts";
import { button, onStage } from "./harness/room.ts";
import { expect, test } from "./harness/test.ts";

const BUDGET_KB = 150;

/** How many kB of script, gzipped, a page has fetched until it stands as `stands` says, for somebody whose browser knows nothing. */
async function scripts(page: Page, address: string, stands: () => Promise<void>): Promise<number> {
  const bodies: Promise<Buffer>[] = [];
  page.on("response", (response) => {
    if (new URL(response.url()).pathname.endsWith(".js")) bodies.push(response.body());
  });
  await page.goto(address);
  await stands();
  // What the page has asked for by now is there when it has had nothing to do for once.
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
  const fetched = await Promise.all(bodies);
  expect(fetched.length).toBeGreaterThan(1);
  return fetched.reduce((sum, body) => sum + gzipSync(body).length / 1000, 0);
}

test("home, and a Space that one opens by its link, fetch no more than 150 kB of script", async ({
  server,
  person,
}) => {
  const [ann, ben] = (await community(server, "ann", "ben")) as [Account, Account];
  await ann.ask("POST", "/posts", { text: "Good evening" });
  const space = await ann.startSpace("Light luggage");
  const newcomer = async () => {
    // What the worker fetches is for later: the page does not wait for it.
    const { page } = await person("about:blank", { ...PHONE, serviceWorkers: "block" });
    await ben.signIn(page, server.address);
    return page;
  };

  const home = await newcomer();
  const first = await scripts(home, server.address, async () => {
    await expect(button(home, /^Join Light luggage/u)).toBeVisible();
    await expect(home.getByRole("article").first()).toContainText("Good evening");
  });
  expect(first, "home").toBeLessThanOrEqual(BUDGET_KB);

  const room = await newcomer();
  const whole = await scripts(room, `${server.address}/spaces/${space}`, async () => {
    await expect(onStage(room)).toHaveCount(1);
    await expect(button(room, "React")).toBeVisible();
    await expect(room.getByText("Connecting", { exact: false })).toHaveCount(0);
  });
  expect(whole, "a Space").toBeLessThanOrEqual(BUDGET_KB);
});

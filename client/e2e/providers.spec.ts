import type { Page } from "@playwright/test";
import { Account } from "./harness/accounts.ts";
import { SIZES } from "./harness/people.ts";
import { Provider } from "./harness/provider.ts";
import { Server } from "./harness/server.ts";
import { test as base, expect } from "./harness/test.ts";

const test = base.extend<{ provider: Provider }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern.
  provider: async ({}, use) => {
    const provider = await Provider.opened();
    await use(provider);
    await provider.close();
  },
  server: async ({ settings, provider }, use) => {
    const server = await Server.started({ ...provider.settings, ...settings });
    await use(server);
    await server.stop();
  },
});

/** At the provider, somebody says who they are. */
async function sayThere(page: Page, provider: Provider, subject: string): Promise<void> {
  await page.waitForURL((url) => url.origin === provider.issuer);
  await page.getByPlaceholder("sub").fill(subject);
  await page.getByRole("button", { name: "Authorize" }).click();
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`a newcomer comes by another site, chooses a username, and is known the next time, at ${size}`, async ({
    server,
    provider,
    person,
  }) => {
    const { page } = await person(`${server.address}/sign-in?next=/people`, equipment);
    await page.getByRole("button", { name: "Continue with Tea House" }).click();
    await sayThere(page, provider, "nadia@tea");
    await expect(page.getByRole("heading", { name: "How shall we call you?" })).toBeVisible();
    await page.getByLabel("Name", { exact: true }).fill("Nadia");
    await page.getByLabel("Username").fill("nadia");
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByRole("heading", { name: "People to follow" })).toBeVisible();

    await page.context().clearCookies();
    await page.goto(`${server.address}/sign-in?next=/people/nadia`);
    await page.getByRole("button", { name: "Continue with Tea House" }).click();
    await sayThere(page, provider, "nadia@tea");
    await expect(page.getByRole("button", { name: "Edit profile" })).toBeVisible();
    await page.goto(`${server.address}/settings/sign-in`);
    await page.getByRole("button", { name: "Unlink Tea House" }).click();
    await expect(page.getByText("Nothing else opens your account")).toBeVisible();
  });
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`one links another site, hears what went wrong there, and unlinks it, at ${size}`, async ({
    server,
    provider,
    person,
  }) => {
    const amara = await Account.made(server, "amara");
    const { page } = await person(server.address, equipment);
    await amara.signIn(page);
    await page.goto(`${server.address}/settings/sign-in`);
    await page.getByRole("button", { name: "Link Tea House" }).click();
    await page.waitForURL((url) => url.origin === provider.issuer);
    await page.getByRole("button", { name: "Deny" }).click();
    await expect(page.getByRole("alert")).toContainText("You broke it off at the other site");
    await page.getByRole("button", { name: "Link Tea House" }).click();
    await sayThere(page, provider, "amara@tea");
    await expect(page.getByText("Opens your account")).toBeVisible();
    await page.getByRole("button", { name: "Unlink Tea House" }).click();
    await expect(page.getByText("Not linked")).toBeVisible();
  });
}

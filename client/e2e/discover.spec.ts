import type { Page } from "@playwright/test";
import { type Account, community } from "./harness/accounts.ts";
import { SIZES } from "./harness/people.ts";
import { expect, test } from "./harness/test.ts";

const starts = async (host: Account, title: string, ...topics: string[]): Promise<string> =>
  (await host.ask<{ id: string }>("POST", "/spaces", { title, topics, policy: "everyone" })).id;

const space = (page: Page, title: string) =>
  page.getByRole("main").getByRole("region", { name: `Space: ${title}` });

for (const [size, equipment] of Object.entries(SIZES))
  test(`somebody finds a Space by topic and by word, at ${size}, and sees it come and go`, async ({
    server,
    person,
  }) => {
    const [amara, dov, zoe] = await community(server, "amara", "dov", "zoe");
    if (!amara || !dov || !zoe) throw new Error("nobody came");
    const tea = await starts(amara, "Tea time", "Tea", "Music");
    await starts(dov, "Jazz café", "Música");
    const at = new Date(Date.now() + 24 * 3600_000).toISOString();
    await amara.ask("POST", "/spaces", {
      title: "Tea tomorrow",
      topics: ["tea"],
      scheduled_start: at,
      zone: "UTC",
    });
    const { page } = await person(server.address, equipment);
    await zoe.signIn(page);
    await page.goto(server.address);
    await page.getByRole("link", { name: "Discover" }).click();
    await expect(space(page, "Tea time")).toBeVisible();
    await expect(space(page, "Jazz café")).toBeVisible();
    await expect(space(page, "Tea tomorrow")).toContainText("Amara hosts");

    await page.getByRole("button", { name: "Tea", exact: true }).click();
    await expect(space(page, "Jazz café")).toBeHidden();
    await expect(space(page, "Tea tomorrow")).toBeVisible();
    await page.getByRole("button", { name: "Tea", exact: true }).click();
    await page.getByLabel("Search Spaces and people").fill("CAFE");
    await expect(space(page, "Tea time")).toBeHidden();
    await expect(space(page, "Jazz café")).toBeVisible();
    await page.getByLabel("Search Spaces and people").fill("xyzzy");
    await expect(page.getByRole("heading", { name: "Nothing by that name" })).toBeVisible();
    await page.getByLabel("Search Spaces and people").fill("dov");
    await expect(page.getByRole("main").getByRole("link", { name: /Dov/u })).toBeVisible();
    await page.getByLabel("Search Spaces and people").fill("");

    await amara.ask("POST", `/spaces/${tea}/end`);
    await expect(space(page, "Tea time")).toBeHidden();
    await starts(amara, "Second cup");
    await space(page, "Second cup").getByRole("button", { name: "Join" }).click();
    await expect(page.getByRole("button", { name: /^(Speak|Request to speak)$/u })).toBeVisible();
  });

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`somebody sees through whom they might know people, and follows in place, at ${size}`, async ({
    server,
    person,
  }) => {
    const [amara, dov, zoe, lena] = await community(server, "amara", "dov", "zoe", "lena");
    if (!amara || !dov || !zoe || !lena) throw new Error("nobody came");
    await amara.ask("PUT", `/people/${lena.id}/follow`);
    await dov.ask("PUT", `/people/${lena.id}/follow`);
    await zoe.ask("PUT", `/people/${dov.id}/follow`);
    const { page } = await person(server.address, equipment);
    await zoe.signIn(page);
    await page.goto(`${server.address}/discover`);
    await expect(page.getByText("Nobody is live right now.")).toBeVisible();
    const row = page.getByRole("listitem").filter({ hasText: "Lena" });
    await expect(row).toContainText(/Followed by (Amara and Dov|Dov and Amara)/u);
    await row.getByRole("button", { name: "Follow Lena" }).click();
    await expect(row.getByRole("button", { name: "Following Lena. Unfollow" })).toBeVisible();
    const follows = async () =>
      (await zoe.ask<{ relation: { following: boolean } }>("GET", "/people/lena")).relation.following;
    await expect.poll(follows).toBe(true);
  });
}

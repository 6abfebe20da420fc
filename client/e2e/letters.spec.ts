/** Notifications by e-mail, to where a letter leads. */
import { type Account, community } from "./harness/accounts.ts";
import { SIZES } from "./harness/people.ts";
import { linkIn, PostOffice } from "./harness/post-office.ts";
import { Server } from "./harness/server.ts";
import { test as base, expect } from "./harness/test.ts";

const test = base.extend<{ office: PostOffice }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern.
  office: async ({}, use) => {
    const office = await PostOffice.opened();
    await use(office);
    await office.close();
  },
  server: async ({ settings, office }, use) => {
    const server = await Server.started({ ...office.settings, ...settings });
    await use(server);
    await server.stop();
  },
});

const ADDRESS = "amara@example.org";

/** She gives her address, and follows the link in the letter that asks whether it is hers. */
async function confirmAddress(amara: Account, office: PostOffice): Promise<void> {
  await amara.ask("PUT", "/me/email", { address: ADDRESS });
  const [, token] = linkIn(await office.letter(ADDRESS, "Confirm your e-mail address")).split("#");
  await amara.ask("POST", "/email-confirmations", { token });
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`whoever is invited on stage is written to, ends all letters by its last link, and comes by its first, at ${size}`, async ({
    server,
    office,
    person,
  }) => {
    const [cleo, amara] = await community(server, "cleo", "amara");
    await confirmAddress(amara, office);
    const space = await cleo.startSpace("Night radio", "invited");
    await cleo.ask("POST", `/spaces/${space}/invitations/${amara.id}`);
    const letter = await office.letter(ADDRESS, "Cleo invited you on stage");

    const { page } = await person(server.address, equipment);
    await amara.signIn(page);
    await page.goto(`${server.address}/settings/notifications`);
    await page.getByText("By e-mail").click();
    await expect(page.getByText(ADDRESS)).toBeVisible();
    const invitations = page.getByRole("switch", { name: "Invitations on stage" });
    await expect(invitations).toBeChecked();
    await expect(page.getByRole("switch", { name: "Likes" })).not.toBeChecked();

    await page.goto(linkIn(letter));
    await page.getByRole("button", { name: "Stop e-mails" }).click();
    await expect(page.getByRole("heading", { name: "No more e-mails" })).toBeVisible();
    await page.goto(`${server.address}/settings/notifications`);
    await page.getByText("By e-mail").click();
    await expect(invitations).not.toBeChecked();
    const way = `${server.address}/spaces/${space}`;
    expect(letter.text).toContain(`${way}?from=notification`);
    await page.goto(`${way}?from=notification`);
    await expect(page).toHaveURL(way);
    await expect(page.getByRole("heading", { name: "Night radio" }).first()).toBeVisible();
  });
}

import { Account, administrator } from "./harness/accounts.ts";
import { comeHome, openSpace } from "./harness/room.ts";
import { expect, test } from "./harness/test.ts";

test.describe("where hosting takes followers", () => {
  test.use({ settings: { COOEE_HOST_MIN_FOLLOWERS: "2" } });

  test("who cannot host yet reads the rule and how far they are, and with enough followers starts a Space", async ({
    server,
    person,
  }) => {
    const amara = await Account.made(server, "amara");
    const bo = await Account.made(server, "bo");
    const cleo = await Account.made(server, "cleo");
    await bo.ask("PUT", `/people/${amara.id}/follow`);
    const { page } = await person(server.address);
    await comeHome(page, amara);
    const open = () => page.getByRole("button", { name: "Start a Space" }).first().click();
    const sheet = page.getByRole("dialog", { name: "Start a Space" });
    await open();
    await expect(
      sheet.getByText("Here, people with at least 2 followers can start a Space. You have 1."),
    ).toBeVisible();
    await expect(sheet.getByRole("progressbar", { name: "How far you are" })).toHaveJSProperty(
      "position",
      0.5,
    );
    await expect(sheet.getByRole("button", { name: "Start now" })).toHaveCount(0);
    await expect(amara.startSpace("Too soon")).rejects.toThrow("cannot_host_yet");

    await cleo.ask("PUT", `/people/${amara.id}/follow`);
    await page.reload();
    await open();
    await sheet.getByRole("button", { name: "Start now" }).click();
    await expect(page.getByRole("button", { name: /^Unmute microphone/ })).toBeEnabled();
  });
});

test.describe("where Spaces are there for nobody yet", () => {
  test.use({ settings: { COOEE_ACCESS_PERCENT: "0" } });

  test("an invitation into one Space opens all of them, for good", async ({ server, person }) => {
    const amara = await administrator(server, "amara");
    const bo = await Account.made(server, "bo");
    await amara.ask("PUT", `/people/${bo.id}/follow`);
    await bo.ask("PUT", `/people/${amara.id}/follow`);
    const first = await amara.startSpace("The first");
    const { page } = await person(server.address);
    await bo.signIn(page);
    await openSpace(page, server, first);
    await expect(page.getByText("Spaces are not open to your account yet.").first()).toBeVisible();

    await amara.ask("POST", `/spaces/${first}/message-invitations`, { people: [bo.id] });
    await page.reload();
    await expect(page.getByRole("button", { name: "Speak", exact: true })).toBeVisible();
    await amara.ask("POST", `/spaces/${first}/end`);
    await openSpace(page, server, await amara.startSpace("The second"));
    await expect(page.getByRole("heading", { name: "The second" }).first()).toBeVisible();
    await expect(page.getByRole("button", { name: "Speak", exact: true })).toBeVisible();
  });
});

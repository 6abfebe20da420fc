import { Account } from "./harness/accounts.ts";
import { comeHome } from "./harness/room.ts";
import { expect, test } from "./harness/test.ts";

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
  await expect(sheet.getByRole("progressbar", { name: "How far you are" })).toHaveJSProperty("position", 0.5);
  await expect(sheet.getByRole("button", { name: "Start now" })).toHaveCount(0);
  await expect(amara.startSpace("Too soon")).rejects.toThrow("cannot_host_yet");

  await cleo.ask("PUT", `/people/${amara.id}/follow`);
  await page.reload();
  await open();
  await sheet.getByRole("button", { name: "Start now" }).click();
  await expect(page.getByRole("button", { name: /^Unmute microphone/ })).toBeEnabled();
});

import { Account } from "./harness/accounts.ts";
import { SIZES } from "./harness/people.ts";
import { Background, PushService, subscribeWith } from "./harness/push.ts";
import { expect, test } from "./harness/test.ts";

// The light browser shows no notifications.
test.use({ settings: { COOEE_TESTS_MAY_REACH_LOOPBACK: "1" }, light: false });

/** What the node would push when Hana has gone live, as the push service hands it to the browser once it is decrypted. */
const pushed = (path: string) =>
  JSON.stringify({
    tag: "space:1",
    language: "en",
    kind: "live",
    at: "2026-11-21T10:00:00.000Z",
    people: [{ username: "hana", display_name: "Hana", picture_url: null }],
    count: 1,
    text: "Night radio",
    path,
  });

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`whoever has Cooee in the background is shown what was pushed, once for each thing, and a tap opens it, at ${size}`, async ({
    server,
    person,
  }) => {
    const hana = await Account.made(server, "hana");
    const { page } = await person("about:blank", equipment);
    await page.context().grantPermissions(["notifications"], { origin: server.address });
    await hana.signIn(page);
    await page.goto(server.address);
    const background = await Background.of(page);
    await background.deliver(pushed("/people/hana"));
    await expect
      .poll(() => background.shown())
      .toEqual([{ title: "Hana is live now", body: "Night radio", tag: "space:1" }]);
    await background.deliver(pushed("/people/hana"));
    await background.deliver("not ours");
    await expect.poll(async () => (await background.shown()).length).toBe(1);
    await background.tap();
    await expect(page).toHaveURL(`${server.address}/people/hana`);
  });

  test(`one lets this browser be notified where one reads notifications, and stops it in the settings, at ${size}`, async ({
    server,
    person,
  }) => {
    const service = await PushService.opened();
    const [amara, bo] = [await Account.made(server, "amara"), await Account.made(server, "bo")];
    const { page } = await person(server.address, equipment);
    await page.addInitScript(subscribeWith, service.keys);
    await amara.signIn(page);
    await page.goto(`${server.address}/notifications`);
    await page.getByRole("button", { name: "Notify me" }).click();
    await expect(page.getByText("You are notified in this browser")).toBeVisible();
    await expect(page.getByRole("button", { name: "Notify me" })).toBeHidden();

    await bo.ask("PUT", `/people/${amara.id}/follow`);
    await expect.poll(() => service.arrived.length).toBe(1);

    await page.goto(`${server.address}/settings/notifications`);
    await page.getByText("On your devices").click();
    const here = page.getByRole("switch", { name: "Notify me in this browser" });
    await expect(here).toBeChecked();
    await page.getByRole("switch", { name: "Mentions" }).click();
    await expect(page.getByRole("switch", { name: "Mentions" })).not.toBeChecked();
    await here.click();
    await expect(here).not.toBeChecked();
    await page.reload();
    await page.getByText("On your devices").click();
    await expect(page.getByRole("switch", { name: "Mentions" })).not.toBeChecked();
    await expect(here).not.toBeChecked();
    service.close();
  });

  test(`without a mail server the settings say so, and the link of a letter asks before it stops them, at ${size}`, async ({
    server,
    signedIn,
  }) => {
    const amara = await Account.made(server, "amara");
    const page = await signedIn(amara, "/settings/notifications", equipment);
    await page.getByText("By e-mail").click();
    await expect(page.getByText("This site sends no e-mail.")).toBeVisible();
    await page.goto(`${server.address}/unsubscribe#1.nonsense`);
    await page.getByRole("button", { name: "Stop e-mails" }).click();
    await expect(page.getByRole("alert")).toContainText("This link is not whole");
  });
}

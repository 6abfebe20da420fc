import { type Account, administrator, community } from "./harness/accounts.ts";
import { SIZES } from "./harness/people.ts";
import { expect, test } from "./harness/test.ts";

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`one reports a post in two taps, and a moderator removes it, at ${size}`, async ({
    server,
    person,
  }) => {
    const [bo, amara] = (await community(server, "bo", "amara")) as [Account, Account];
    const mo = await administrator(server, "mo");
    const { id } = await bo.ask<{ id: string }>("POST", "/posts", { text: "Rude words" });
    const { page } = await person(server.address, equipment);
    await amara.signIn(page);
    await page.goto(`${server.address}/posts/${id}`);
    await page.getByRole("main").getByRole("button", { name: /^More/u }).first().click();
    await page.getByRole("menuitem", { name: "Report" }).click();
    const sheet = page.getByRole("dialog", { name: "Report Bo’s post" });
    await sheet.getByText("Abuse or hate").click();
    await sheet.getByRole("button", { name: "Send report" }).click();
    await expect(page.getByText("Thank you. The moderators will look at it.")).toBeVisible();
    await expect(sheet).toBeHidden();

    const desk = await person(server.address, equipment);
    await mo.signIn(desk.page);
    await desk.page.goto(`${server.address}/settings`);
    await desk.page.getByRole("link", { name: /^Moderation/u }).click();
    await desk.page.getByRole("button", { name: /Rude words/u }).click();
    await desk.page.getByRole("button", { name: "Remove it" }).click();
    await desk.page.getByLabel(/What they are told/u).fill("This attacks a person.");
    await desk.page.getByRole("button", { name: "Remove it" }).click();
    await expect(desk.page.getByRole("heading", { name: "Nothing to decide" })).toBeVisible();

    await page.goto(`${server.address}/notifications`);
    await page.getByText("The moderators have looked at what you reported").click();
    await expect(page.getByText("The moderators have done something about it.")).toBeVisible();
    await bo.signIn(page);
    await page.goto(`${server.address}/settings/reports`);
    await expect(page.getByText("This attacks a person.")).toBeVisible();
  });
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`a listener reports the Space, it ends before everybody's eyes, and its host cannot open another, at ${size}`, async ({
    server,
    person,
  }) => {
    const [hana, amara] = (await community(server, "hana", "amara")) as [Account, Account];
    const mo = await administrator(server, "mo");
    const space = await hana.startSpace("Rude radio");
    await hana.join(space);
    const { page } = await person(server.address, equipment);
    await amara.signIn(page);
    await page.goto(`${server.address}/spaces/${space}`);
    await page.getByRole("button", { name: "Report this Space" }).click();
    await page.getByText("Violence or threats").click();
    await page.getByRole("button", { name: "Send report" }).click();
    await expect(page.getByText("Thank you. The moderators will look at it.")).toBeVisible();

    const { items } = await mo.ask<{ items: { id: string }[] }>("GET", "/moderation/cases");
    await mo.ask("POST", `/moderation/cases/${items[0]?.id}/decision`, {
      decision: "suspend_hosting",
      days: 7,
    });
    await expect(page.getByText("A moderator closed it.")).toBeVisible();
    await hana.signIn(page);
    await page.goto(server.address);
    await expect(hana.ask("POST", "/spaces", {})).rejects.toThrow("hosting_suspended");
  });
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`a suspended account says so and shows nothing, until a moderator lifts it, at ${size}`, async ({
    server,
    signedIn,
  }) => {
    const [bo, amara] = await community(server, "bo", "amara");
    const mo = await administrator(server, "mo");
    await bo.ask("PATCH", "/me", { bio: "Rude words" });
    await bo.ask("POST", "/posts", { text: "Ruder words" });
    const { id } = await amara.ask<{ id: string }>("POST", "/conversations", { person: bo.id });
    const page = await signedIn(amara, "/people/bo", equipment);
    const main = page.getByRole("main");
    await expect(main.getByRole("article")).toContainText("Ruder words");

    await amara.ask("POST", "/reports", { about: "person", id: bo.id, reason: "abuse", note: "" });
    const { items } = await mo.ask<{ items: { id: string }[] }>("GET", "/moderation/cases");
    await mo.ask("POST", `/moderation/cases/${items[0]?.id}/decision`, { decision: "suspend", days: 7 });
    await page.reload();
    await expect(main.getByRole("heading", { name: "This account is suspended" })).toBeVisible();
    await expect(main).not.toContainText("Rude words");
    await expect(main.getByRole("button", { name: /Message/u })).toBeHidden();
    await page.goto(server.address);
    await expect(main).toContainText("A quiet timeline");
    await page.goto(`${server.address}/messages/${id}`);
    await expect(page.getByText("This account is suspended. You can write again")).toBeVisible();

    const desk = await signedIn(mo, "/settings/moderation", equipment);
    await desk.getByText("Decided", { exact: true }).click();
    await desk.getByRole("button", { name: /Rude words/u }).click();
    await desk.getByRole("button", { name: "Lift: Account suspended" }).click();
    await expect(desk.getByRole("button", { name: "Lift: Account suspended" })).toHaveCount(0);
    await expect(desk.getByRole("dialog").getByRole("link", { name: "View profile" })).toBeFocused();
    await page.goto(`${server.address}/people/bo`);
    await expect(main.getByRole("article")).toContainText("Ruder words");
  });
}

test("a moderator enters a closed Space upon a report, everybody there sees it, and the host cannot put them out", async ({
  server,
  person,
}) => {
  const [hana, amara] = (await community(server, "hana", "amara")) as [Account, Account];
  const mo = await administrator(server, "mo");
  const { id } = await hana.ask<{ id: string }>("POST", "/spaces", { title: "Closed", audience: "invited" });
  await hana.ask("POST", `/spaces/${id}/message-invitations`, { people: [amara.id] });
  const [desk, listener, hers] = [
    await person(server.address, SIZES["a desk"]),
    await person(server.address, SIZES["a phone"]),
    await person(server.address, SIZES["a desk"]),
  ];
  for (const [{ page }, account] of [
    [hers, hana],
    [listener, amara],
  ] as const) {
    await account.signIn(page);
    await page.goto(`${server.address}/spaces/${id}`);
    await expect(page.getByRole("heading", { name: "Closed" }).first()).toBeVisible();
  }
  await mo.signIn(desk.page);
  await desk.page.goto(`${server.address}/spaces/${id}`);
  await expect(
    desk.page.getByText("There is no such Space, or it is not open to you.").first(),
  ).toBeVisible();
  await amara.ask("POST", "/reports", { about: "space", id, reason: "violence", note: "" });

  await desk.page.goto(`${server.address}/settings/moderation`);
  await desk.page.getByRole("button", { name: /Closed/u }).click();
  await desk.page.getByRole("button", { name: "Enter the Space as a moderator" }).click();
  await expect(desk.page.getByText("You are here as a moderator, upon a report.")).toBeVisible();
  for (const { page } of [hers, listener]) {
    await expect(page.getByText("Mo, a moderator of this site, is here upon a report.")).toBeVisible();
  }
  await hers.page.getByRole("button", { name: /^3 here$/u }).click();
  await expect(hers.page.getByText("Moderator of this site", { exact: true })).toBeVisible();
  await hers.page.getByRole("button", { name: /^Mo Moderator/u }).click();
  await expect(hers.page.getByRole("button", { name: "View profile" })).toBeVisible();
  await expect(hers.page.getByRole("button", { name: "Remove from this Space" })).toHaveCount(0);
  await expect(hana.ask("POST", `/spaces/${id}/people/${mo.id}/remove`)).rejects.toThrow("outranked");
  await expect(desk.page.getByText("You are here as a moderator, upon a report.")).toBeVisible();
});

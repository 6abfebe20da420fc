import { community } from "./harness/accounts.ts";
import { expect, test } from "./harness/test.ts";

const SIZES = {
  "a phone": { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  "a desk": { viewport: { width: 1280, height: 860 } },
};

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`a host announces a Space, a follower sets a reminder, and comes in when it starts, at ${size}`, async ({
    server,
    person,
  }) => {
    const [amara, bo] = await community(server, "amara", "bo");
    if (!amara || !bo) throw new Error("nobody");
    const { page: host } = await person(server.address, equipment);
    await amara.signIn(host);
    await host.goto(server.address);
    await host.getByRole("button", { name: "Start a Space" }).last().click();
    const sheet = host.getByRole("dialog", { name: "Start a Space" });
    await sheet.getByLabel("What do you want to talk about?").fill("Tea at noon");
    await sheet.getByRole("button", { name: "For later" }).click();
    const scheduling = host.getByRole("dialog", { name: "Schedule a Space" });
    await expect(scheduling.getByLabel("When does it begin?")).not.toHaveValue("");
    await scheduling.getByRole("button", { name: "Schedule", exact: true }).click();
    await expect(host.getByRole("main").getByText("Nobody has set a reminder yet")).toBeVisible();

    const { page: follower } = await person(server.address, equipment);
    await bo.signIn(follower);
    await follower.goto(server.address);
    await follower.getByRole("link", { name: "Upcoming" }).click();
    const line = follower.getByRole("main").getByRole("listitem").filter({ hasText: "Tea at noon" });
    await line.getByRole("button", { name: "Set reminder" }).click();
    await expect(line.getByRole("button", { name: "Reminder set" })).toHaveAttribute("aria-pressed", "true");

    await line.getByRole("link").click();
    await expect(follower.getByText("1 person has set a reminder.")).toBeVisible();
    const calendar = follower.waitForEvent("download");
    await follower.getByRole("link", { name: "Calendar", exact: true }).click();
    expect((await calendar).suggestedFilename()).toMatch(/\.ics$/u);

    await host.getByRole("button", { name: "Start now" }).click();
    await expect(host.getByRole("button", { name: /^Microphone|Turn .* on/u }).first()).toBeVisible();
    await expect(follower.getByText("It has begun.")).toBeVisible();
    await expect(follower.getByRole("link", { name: "Notifications, 2 unread" })).toBeVisible();
    await follower.getByRole("main").getByRole("button", { name: "Join" }).click();
    await expect(follower.getByRole("button", { name: "Request" })).toBeVisible();
  });
}

test("whoever set a reminder hears that a Space was moved, and then that it was canceled", async ({
  server,
  person,
}) => {
  const [amara, bo] = await community(server, "amara", "bo");
  if (!amara || !bo) throw new Error("nobody");
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
  const { id } = await amara.ask<{ id: string }>("POST", "/spaces", {
    title: "Tea",
    scheduled_start: day(1),
    zone: "Asia/Tokyo",
  });
  await bo.ask("PUT", `/spaces/${id}/reminder`);

  const { page: host } = await person(server.address);
  await amara.signIn(host);
  await host.goto(`${server.address}/spaces/${id}`);
  await expect(host.getByText("for the host (Asia/Tokyo)")).toBeVisible();
  await host.getByRole("button", { name: "Change" }).click();
  const sheet = host.getByRole("dialog", { name: "Change this Space" });
  await sheet.getByLabel("When does it begin?").fill(`${day(3).slice(0, 10)}T12:00`);
  await sheet.getByRole("button", { name: "Save" }).click();
  await expect(host.getByText("Moved. Who set a reminder is told.")).toBeVisible();

  const { page: follower } = await person(server.address);
  await bo.signIn(follower);
  await follower.goto(`${server.address}/notifications`);
  const lines = follower.getByRole("main").getByRole("listitem");
  await expect(lines).toHaveText([/Amara moved a Space to another time\s+Tea/u]);

  await host.getByRole("button", { name: "Cancel it" }).click();
  await host.getByRole("dialog").getByRole("button", { name: "Cancel the Space" }).click();
  await expect(host.getByText("The host has canceled it.")).toBeVisible();
  await expect(lines).toHaveText([/Amara's Space does not take place\s+Tea/u]);
  await lines.getByRole("link").click();
  await expect(follower.getByText("The host has canceled it.")).toBeVisible();
});

test("a card in the timeline says when a Space begins, sets a reminder, and turns violet when it does", async ({
  server,
  person,
}) => {
  const [amara, bo] = await community(server, "amara", "bo");
  if (!amara || !bo) throw new Error("nobody");
  const start = new Date(Date.now() + 3_600_000).toISOString();
  const { id } = await amara.ask<{ id: string }>("POST", "/spaces", { title: "Tea", scheduled_start: start });
  await amara.ask("POST", "/posts", { text: "Soon", attachment: { kind: "space", id } });
  const { page } = await person(server.address);
  await bo.signIn(page);
  await page.goto(server.address);
  const card = page.getByRole("article").getByRole("region", { name: /Tea/u });
  await card.getByRole("button", { name: "Set reminder" }).click();
  await expect(card.getByRole("button", { name: "Reminder set" })).toBeVisible();
  await amara.ask("POST", `/spaces/${id}/start`);
  await page.reload();
  await expect(card.getByRole("button", { name: "Join" })).toBeVisible();
});

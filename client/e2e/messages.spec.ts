import type { Page } from "@playwright/test";
import { type Account, community } from "./harness/accounts.ts";
import { DESK, PHONE, SIZES } from "./harness/people.ts";
import { expect, test } from "./harness/test.ts";

async function acquainted(one: Account, other: Account): Promise<string> {
  await one.ask("PUT", `/people/${other.id}/follow`);
  await other.ask("PUT", `/people/${one.id}/follow`);
  return (await one.ask<{ id: string }>("POST", "/conversations", { person: other.id })).id;
}

const words = (page: Page, name: string) => page.getByRole("region", { name: `Messages with ${name}` });

async function say(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "Write a message" }).fill(text);
  await page.getByRole("button", { name: "Send", exact: true }).click();
}

test("two people write to each other, one on a phone, one at a desk, and read it at once", async ({
  server,
  person,
}) => {
  const [amara, dov] = await community(server, "amara", "dov");
  if (!amara || !dov) throw new Error("nobody came");
  await acquainted(amara, dov);
  const { page: phone } = await person(server.address, PHONE);
  const { page: desk } = await person(server.address, DESK);
  await amara.signIn(phone);
  await dov.signIn(desk);
  await desk.goto(`${server.address}/messages`);
  await expect(desk.getByRole("heading", { name: "No conversations yet" })).toBeVisible();

  await phone.goto(`${server.address}/people/dov`);
  await phone.getByRole("button", { name: "Message Dov" }).click();
  await expect(phone.getByRole("heading", { name: "Say hello" })).toBeVisible();
  await say(phone, "Is the kettle on?");
  await expect(words(phone, "Dov")).toContainText("Is the kettle on?");

  await desk.getByRole("link", { name: /Amara.*Is the kettle on\?/u }).click();
  await expect(words(desk, "Amara")).toContainText("Is the kettle on?");
  await expect(desk.getByRole("heading", { name: "Messages", exact: true })).toBeVisible();
  await desk.getByRole("textbox", { name: "Write a message" }).fill("It is.\nCome over");
  await desk.keyboard.press("Enter");
  await expect(words(phone, "Dov")).toContainText("Come over");
  await expect(words(phone, "Dov").getByText("today")).toBeVisible();

  await words(desk, "Amara").getByText("It is.").hover();
  await desk.getByRole("button", { name: "More about this message" }).click();
  await desk.getByRole("menuitem", { name: "Delete for both" }).click();
  await expect(words(phone, "Dov")).toContainText("Message deleted");
  await expect(words(phone, "Dov")).not.toContainText("It is.");

  await phone.getByRole("button", { name: "Back" }).click();
  await expect(phone.getByRole("heading", { name: "Messages", exact: true })).toBeVisible();
  await expect(phone.getByRole("textbox", { name: "Write a message" })).toBeHidden();
});

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`a stranger is found by name, written to, and answers when the request is accepted, at ${size}`, async ({
    server,
    person,
  }) => {
    const [, dov, zoe] = await community(server, "amara", "dov", "zoe");
    const { page: his } = await person(server.address, equipment);
    const { page: hers } = await person(server.address, equipment);
    await dov.signIn(his);
    await zoe?.signIn(hers);
    await hers.goto(server.address);

    await his.goto(`${server.address}/messages`);
    await his.getByRole("button", { name: "New message" }).click();
    await his.getByLabel("To whom?").fill("nobody like this");
    await expect(his.getByRole("heading", { name: "Nobody by that name" })).toBeVisible();
    await his.getByLabel("To whom?").fill("zo");
    await his.getByRole("button", { name: /^Zoe/u }).click();
    await say(his, "We met at the lake");
    await expect(his.getByText("Zoe has not answered your first message yet.")).toBeVisible();
    await expect(his.getByRole("textbox", { name: "Write a message" })).toBeHidden();

    await hers.getByRole("link", { name: "Messages, 1 waits to be read" }).click();
    await hers.getByRole("link", { name: /^Requests/u }).click();
    await hers.getByRole("link", { name: /Dov.*We met at the lake/u }).click();
    await hers.getByRole("button", { name: "Accept" }).click();
    await say(hers, "So we did");
    await expect(words(his, "Zoe")).toContainText("So we did");
    await expect(his.getByRole("textbox", { name: "Write a message" })).toBeVisible();
    await expect(hers.getByRole("link", { name: "Messages", exact: true })).toBeVisible();
  });
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`a request is declined, and nobody is told, at ${size}`, async ({ server, person }) => {
    const [, dov, zoe] = await community(server, "amara", "dov", "zoe");
    const { id } = (await dov.ask<{ id: string }>("POST", "/conversations", { person: zoe?.id })) ?? {};
    await dov.ask("POST", `/conversations/${id}/messages`, { text: "Buy this" });
    const { page } = await person(server.address, equipment);
    await zoe?.signIn(page);
    await page.goto(`${server.address}/messages/${id}`);
    await page.getByRole("button", { name: "Decline" }).click();
    await expect(page.getByRole("heading", { name: "No conversations yet" })).toBeVisible();
    await expect(page.getByRole("link", { name: /^Requests/u })).toBeHidden();
    expect(await dov.ask<{ stands: string }>("GET", `/conversations/${id}`)).toMatchObject({
      stands: "waiting",
    });
  });
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`what could not be sent says so, stays, and is sent once when one tries again, at ${size}`, async ({
    server,
    person,
  }) => {
    const [amara, dov] = await community(server, "amara", "dov");
    if (!amara || !dov) throw new Error("nobody came");
    const id = await acquainted(amara, dov);
    const { page } = await person(server.address, equipment);
    await amara.signIn(page);
    await page.goto(`${server.address}/messages/${id}`);
    await page.getByRole("textbox", { name: "Write a message" }).waitFor();

    // The message arrives, its answer does not.
    const address = `**/conversations/${id}/messages`;
    await page.route(address, async (route) => {
      if (route.request().method() === "POST") await route.fetch();
      await route.abort();
    });
    await say(page, "Over the mountains");
    await expect(page.getByRole("alert").filter({ hasText: "Not sent." })).toBeVisible();
    await page.unroute(address);
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByText("Sending", { exact: true })).toBeHidden();
    await expect(page.getByRole("button", { name: "Try again" })).toBeHidden();
    await expect(words(page, "Dov").getByText("Over the mountains")).toHaveCount(1);
    const { items } = await dov.ask<{ items: object[] }>("GET", `/conversations/${id}/messages`);
    expect(items).toHaveLength(1);
  });
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`a long conversation begins at its foot, and what was said before comes as one goes up, at ${size}`, async ({
    server,
    person,
  }) => {
    const [amara, dov] = await community(server, "amara", "dov");
    if (!amara || !dov) throw new Error("nobody came");
    const id = await acquainted(amara, dov);
    for (let n = 1; n <= 30; n++)
      await amara.ask("POST", `/conversations/${id}/messages`, { text: `Thought ${n}` });
    const { page } = await person(server.address, equipment);
    await dov.signIn(page);
    await page.goto(`${server.address}/messages/${id}`);
    await expect(page.getByText("Thought 30", { exact: true }).last()).toBeInViewport();
    await expect(words(page, "Amara").getByText("Thought 1", { exact: true })).toHaveCount(0);
    await words(page, "Amara").hover();
    await page.mouse.wheel(0, -4000);
    const first = words(page, "Amara").getByText("Thought 1", { exact: true });
    await expect(first).toHaveCount(1);
    await expect(words(page, "Amara").getByRole("listitem")).toHaveCount(30);
  });
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`somebody lets nobody write to them, and deletes a conversation for themselves alone, at ${size}`, async ({
    server,
    person,
  }) => {
    const [amara, dov, zoe] = await community(server, "amara", "dov", "zoe");
    if (!amara || !dov || !zoe) throw new Error("nobody came");
    const id = await acquainted(amara, dov);
    await amara.ask("POST", `/conversations/${id}/messages`, { text: "Old news" });
    const { page } = await person(server.address, equipment);
    await dov.signIn(page);
    await page.goto(`${server.address}/messages/${id}`);
    await page.getByRole("button", { name: "More about this conversation" }).click();
    await page.getByRole("menuitem", { name: "Delete conversation" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete conversation" }).click();
    await expect(page.getByRole("heading", { name: "No conversations yet" })).toBeVisible();
    const left = await amara.ask<{ items: object[] }>("GET", `/conversations/${id}/messages`);
    expect(left.items).toHaveLength(1);

    await page.goto(`${server.address}/settings`);
    await page.getByRole("link", { name: /Who may write to you/u }).click();
    await page.getByText("Nobody", { exact: true }).click();
    await expect(page.getByText("Saved.")).toBeVisible();
    await page.reload();
    await expect(page.getByRole("radio", { name: "Nobody" })).toBeChecked();
    const { stands } = await zoe.ask<{ stands: string }>("POST", "/conversations", { person: dov.id });
    expect(stands).toBe("refused");
  });
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`an invitation into a Space stands in the conversation as its card, and one joins from there, at ${size}`, async ({
    server,
    person,
  }) => {
    const [amara, dov] = await community(server, "amara", "dov");
    const { page } = await person(server.address, equipment);
    await dov.signIn(page);
    await page.goto(`${server.address}/messages`);
    await expect(page.getByRole("heading", { name: "No conversations yet" })).toBeVisible();

    const space = await amara.startSpace("Tea time");
    await amara.ask("POST", `/spaces/${space}/message-invitations`, {
      people: [dov.id],
      text: "Kettle is on",
    });
    await page.getByRole("link", { name: /Amara.*Kettle is on/u }).click();
    const card = words(page, "Amara").getByRole("region", { name: "Space: Tea time" });
    await card.getByRole("button", { name: "Join" }).click();
    await expect(page.getByRole("button", { name: "Speak", exact: true })).toBeVisible();
    await page.getByRole("button", { name: "Fold the room" }).click();
    await amara.ask("POST", `/spaces/${space}/end`);
    await expect(card).toContainText("Over");
    await expect(card.getByRole("button", { name: "Join" })).toBeHidden();
  });
}

import type { Page } from "@playwright/test";
import { type Account, community } from "./harness/accounts.ts";
import { SIZES } from "./harness/people.ts";
import { expect, test } from "./harness/test.ts";

/** Some people who follow each other. */
async function friends(...all: Account[]): Promise<void> {
  for (const one of all)
    for (const other of all) if (one !== other) await one.ask("PUT", `/people/${other.id}/follow`);
}

async function choose(page: Page, menu: RegExp | string, item: string): Promise<void> {
  await page.getByRole("button", { name: menu }).first().click();
  await page.getByRole("menuitem", { name: item }).click();
}

const main = (page: Page) => page.getByRole("main");

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`whoever asks to follow a protected account waits, is seen at once, and is let in, at ${size}`, async ({
    server,
    signedIn,
  }) => {
    const [amara, dov] = await community(server, "amara", "dov");
    await dov.ask("DELETE", `/people/${amara.id}/follow`);
    await amara.ask("POST", "/posts", { text: "For my friends" });
    const hers = await signedIn(amara, "/settings/privacy", equipment);
    await hers.getByRole("switch", { name: /Protect my account/u }).click();
    await expect(hers.getByRole("status").getByText("Your account is protected.")).toBeVisible();
    await hers.goto(`${server.address}/follow-requests`);
    await expect(hers.getByRole("heading", { name: "Nobody is waiting" })).toBeVisible();

    const his = await signedIn(dov, "/people/amara", equipment);
    await expect(main(his).getByRole("heading", { name: "This account is protected" })).toBeVisible();
    await main(his).getByRole("button", { name: "Ask to follow Amara" }).click();
    await expect(main(his).getByRole("button", { name: /Requested to follow Amara/u })).toHaveText(
      "Requested",
    );
    await expect(main(his)).not.toContainText("For my friends");

    // She is told without doing anything.
    await hers.getByRole("button", { name: "Accept Dov" }).click();
    await expect(hers.getByRole("heading", { name: "Nobody is waiting" })).toBeVisible();
    await his.reload();
    await expect(main(his).getByRole("button", { name: /^Following Amara/u })).toBeVisible();
    await expect(main(his).getByRole("article")).toContainText("For my friends");
  });

  test(`whoever blocks somebody is told what follows, sees nothing of them, and can undo it, at ${size}`, async ({
    server,
    signedIn,
  }) => {
    const [amara, dov] = await community(server, "amara", "dov");
    await friends(amara, dov);
    await dov.ask("POST", "/posts", { text: "The kettle is on" });
    const { id } = await amara.ask<{ id: string }>("POST", "/conversations", { person: dov.id });
    await dov.startSpace("Kettle talk");
    const page = await signedIn(amara, "/", equipment);
    const bubble = page.getByRole("button", { name: /^Join Kettle talk/u });
    await expect(bubble).toBeVisible();
    await expect(main(page).getByRole("article")).toContainText("The kettle is on");

    await choose(page, "More about this post by Dov", "Block Dov");
    const sheet = page.getByRole("dialog", { name: "Block Dov?" });
    await expect(sheet).toContainText("You stop following each other");
    await sheet.getByRole("button", { name: "Block", exact: true }).click();
    await expect(page.getByText("You blocked Dov.")).toBeVisible();
    await expect(bubble).toBeHidden();
    await expect(main(page).getByRole("article")).toBeHidden();

    await page.goto(`${server.address}/people/dov`);
    await expect(main(page).getByRole("heading", { name: "You blocked Dov" })).toBeVisible();
    await expect(main(page).getByRole("button", { name: /Follow|Message/u })).toBeHidden();
    await expect(main(page).getByRole("link", { name: /follower/u })).toBeHidden();
    await page.goto(`${server.address}/messages/${id}`);
    await expect(page.getByText("You blocked Dov. Unblock them to write.")).toBeVisible();
    await page.getByRole("button", { name: "Unblock Dov" }).click();
    await expect(page.getByRole("textbox", { name: "Write a message" })).toBeVisible();
  });

  test(`one is asked before one joins a Space where somebody one blocked is on stage, at ${size}`, async ({
    server,
    signedIn,
  }) => {
    const [amara, dov, cleo] = await community(server, "amara", "dov", "cleo");
    await amara.ask("PUT", `/people/${cleo.id}/follow`);
    const page = await signedIn(amara, "/", equipment);
    const space = await cleo.startSpace("Kettle talk");
    await expect(page.getByRole("button", { name: /^Join Kettle talk/u })).toBeVisible();
    await dov.join(space);
    await dov.ask("POST", `/spaces/${space}/requests`);
    await amara.ask("PUT", `/people/${dov.id}/block`);

    const room = page.getByRole("region", { name: "The Space you are in" });
    const warning = room.getByRole("heading", { name: "Somebody you blocked is on stage" });
    await page.getByRole("button", { name: /^Join Kettle talk/u }).click();
    await expect(warning).toBeFocused();
    await expect(room).toContainText("you hear Dov like everybody else");
    await room.getByRole("button", { name: "Cancel" }).click();
    await expect(room).toBeHidden();

    await dov.join(space);
    await page.getByRole("button", { name: /^Join Kettle talk/u }).click();
    await expect(warning).toBeVisible();
    await room.getByRole("button", { name: "Join anyway" }).click();
    await expect(room.getByRole("heading", { name: "Kettle talk" })).toBeVisible();
    await dov.join(space);
    await page.reload();
    await expect(room.getByRole("heading", { name: "Kettle talk" })).toBeVisible();
  });

  test(`somebody who was blocked finds every door closed, in words, at ${size}`, async ({
    server,
    signedIn,
  }) => {
    const [amara, dov] = await community(server, "amara", "dov");
    await friends(amara, dov);
    const post = await amara.ask<{ id: string }>("POST", "/posts", { text: "Not for Dov" });
    const { id } = await dov.ask<{ id: string }>("POST", "/conversations", { person: amara.id });
    const space = await amara.startSpace("Night radio");
    const page = await signedIn(dov, "/", equipment);
    await expect(main(page).getByRole("article")).toContainText("Not for Dov");

    await amara.ask("PUT", `/people/${dov.id}/block`);
    await page.goto(`${server.address}/people/amara`);
    await expect(main(page).getByRole("heading", { name: "Amara blocked you" })).toBeVisible();
    await expect(main(page).getByRole("button", { name: /Follow|Message/u })).toBeHidden();
    await page.goto(`${server.address}/people/amara/followers`);
    await expect(page.getByRole("alert")).toContainText("This person blocked you");
    await page.goto(`${server.address}/posts/${post.id}`);
    await expect(page.getByRole("heading", { name: "Nothing here" })).toBeVisible();
    await page.goto(`${server.address}/messages/${id}`);
    await expect(page.getByText("does not take messages from you")).toBeVisible();
    await page.goto(`${server.address}/spaces/${space}`);
    await expect(page.getByText("This person blocked you").first()).toBeVisible();
    await page.goto(server.address);
    await expect(page.getByRole("button", { name: /Night radio/u })).toBeHidden();
    await expect(main(page).getByRole("article")).toBeHidden();
  });

  test(`whoever was muted does not notice, and is found in the settings, at ${size}`, async ({
    server,
    signedIn,
  }) => {
    const [amara, dov] = await community(server, "amara", "dov");
    await friends(amara, dov);
    await dov.ask("POST", "/posts", { text: "The kettle is on" });
    const page = await signedIn(amara, "/people/dov", equipment);
    await choose(page, "More about Dov", "Mute Dov");
    await expect(main(page)).toContainText("You muted Dov");
    await expect(main(page).getByRole("article")).toContainText("The kettle is on");
    await page.getByRole("link", { name: "Home" }).first().click();
    await expect(main(page)).toContainText("A quiet timeline");

    await page.goto(`${server.address}/settings/privacy`);
    await page.getByRole("link", { name: /^Muted/u }).click();
    await page.getByRole("button", { name: "Unmute Dov" }).click();
    await expect(page.getByRole("button", { name: "Mute Dov" })).toBeVisible();
    await page.goto(server.address);
    await expect(main(page).getByRole("article")).toContainText("The kettle is on");
  });

  test(`an account that is made public lets in whoever waits, and says so before, at ${size}`, async ({
    server,
    signedIn,
  }) => {
    const [amara, dov] = await community(server, "amara", "dov");
    await dov.ask("DELETE", `/people/${amara.id}/follow`);
    await amara.ask("PATCH", "/me", { protected: true });
    await dov.ask("PUT", `/people/${amara.id}/follow`);
    const page = await signedIn(amara, "/settings/privacy", equipment);
    await expect(page.getByRole("link", { name: /Follow requests/u })).toContainText("1 person waits");

    const protect = page.getByRole("switch", { name: /Protect my account/u });
    await protect.click();
    const sheet = page.getByRole("dialog", { name: "Make your account public?" });
    await expect(sheet).toContainText("1 person waits for your answer, and will follow you.");
    await expect(protect).toBeChecked();
    await sheet.getByRole("button", { name: "Make it public" }).click();
    await expect(protect).not.toBeChecked();
    await page.goto(`${server.address}/people/amara/followers`);
    await expect(main(page).getByRole("listitem")).toContainText("Dov");
  });

  test(`an account stays public while it hosts for everybody, and says what to do first, at ${size}`, async ({
    server,
    signedIn,
  }) => {
    const [amara] = await community(server, "amara");
    const space = await amara.startSpace("Kettle talk");
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    const { id } = await amara.ask<{ id: string }>("POST", "/spaces", {
      title: "Later",
      scheduled_start: tomorrow,
    });
    const page = await signedIn(amara, "/settings/privacy", equipment);

    const protect = page.getByRole("switch", { name: /Protect my account/u });
    await protect.click();
    await expect(main(page).getByRole("alert")).toContainText("You are hosting a public Space");
    await expect(protect).not.toBeChecked();
    await amara.ask("POST", `/spaces/${space}/end`);
    await protect.click();
    await expect(main(page).getByRole("alert")).toContainText("You announced a public Space");
    await main(page).getByRole("link", { name: "See what you announced" }).click();
    await expect(main(page)).toContainText("Later");
    await amara.ask("POST", `/spaces/${id}/cancel`);
    await page.goto(`${server.address}/settings/privacy`);
    await protect.click();
    await expect(protect).toBeChecked();
    await expect(main(page).getByRole("alert")).toBeHidden();
  });
}

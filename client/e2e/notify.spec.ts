import { Account, community } from "./harness/accounts.ts";
import { SIZES } from "./harness/people.ts";
import { expect, test } from "./harness/test.ts";

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`whoever is mentioned sees it without reloading, and reads it on all devices, at ${size}`, async ({
    server,
    person,
  }) => {
    const amara = await Account.made(server, "amara");
    const [dov, eve] = [await Account.made(server, "dov"), await Account.made(server, "eve")];
    const { page } = await person(server.address, equipment);
    await amara.signIn(page);
    await page.goto(server.address);
    const elsewhere = await page.context().newPage();
    await elsewhere.goto(server.address);
    await page.bringToFront();
    const way = (name: string) => page.getByRole("link", { name, exact: true });
    await expect(way("Notifications")).toBeVisible();

    await dov.ask("POST", "/posts", { text: "The kettle is on, @amara" });
    await expect(elsewhere.getByRole("link", { name: "Notifications, 1 unread" })).toBeVisible();
    await way("Notifications, 1 unread").click();
    const lines = page.getByRole("main").getByRole("listitem");
    await expect(lines).toHaveText([/New:\s+Dov mentioned you/u]);
    await expect(way("Notifications")).toBeVisible();
    await expect(elsewhere.getByRole("link", { name: "Notifications", exact: true })).toBeVisible();
    await expect(lines).toHaveText([/New:/u]);

    await eve.ask("POST", "/posts", { text: "@amara, milk or lemon?" });
    await expect(lines).toHaveText([/New:\s+Eve mentioned you/u, /^\s*Dov mentioned you/u]);
    await expect(way("Notifications")).toBeVisible();

    await way("Home").last().click();
    await way("Notifications").click();
    await expect(lines).toHaveText([/^\s*Eve mentioned you/u, /^\s*Dov mentioned you/u]);
    await lines.last().getByRole("link").click();
    await expect(page.getByRole("article")).toContainText("The kettle is on");
  });
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`all that others do comes in one's own words for it, and each line leads there, at ${size}`, async ({
    server,
    person,
  }) => {
    const [cleo, amara, bo, dov] = await community(server, "cleo", "amara", "bo", "dov");
    await dov.ask("PATCH", "/me", { protected: true });
    const post = await amara.ask<{ id: string }>("POST", "/posts", { text: "The kettle is on" });
    const { page } = await person(server.address, equipment);
    await amara.signIn(page);
    await page.goto(`${server.address}/notifications`);
    const line = (words: string) => page.getByRole("main").getByRole("listitem").filter({ hasText: words });
    await expect(page.getByRole("heading", { name: "Nothing new yet" })).toBeVisible();

    await bo.ask("PUT", `/people/${amara.id}/follow`);
    await expect(line("Bo followed you")).toBeVisible();
    await bo.ask("PUT", `/posts/${post.id}/like`);
    await cleo.ask("PUT", `/posts/${post.id}/like`);
    await expect(line("Cleo and Bo liked your post")).toContainText("The kettle is on");
    await bo.ask("PUT", `/posts/${post.id}/repost`);
    await expect(line("Bo reposted your post")).toBeVisible();
    await bo.ask("POST", "/posts", { text: "Milk?", reply_to: post.id });
    await expect(line("Bo replied to you")).toContainText("Milk?");
    await amara.ask("PUT", `/people/${dov.id}/follow`);
    await dov.ask("PUT", `/me/follow-requests/${amara.id}`);
    await expect(line("Dov accepted your request to follow")).toBeVisible();

    const space = await cleo.startSpace("Night radio", "invited");
    await expect(line("Cleo is live now")).toContainText("Night radio");
    await cleo.ask("POST", `/spaces/${space}/invitations/${amara.id}`);
    await expect(line("Cleo invited you on stage")).toContainText("Night radio");
    await cleo.ask("DELETE", `/spaces/${space}/invitations/${amara.id}`);
    await amara.ask("POST", `/spaces/${space}/requests`, {});
    await cleo.ask("POST", `/spaces/${space}/requests/${amara.id}/accept`);
    await expect(line("Cleo accepted your request to speak")).toBeVisible();

    await line("liked your post").getByRole("link").click();
    await expect(page.getByRole("article").first()).toContainText("The kettle is on");
    await page.goBack();
    await line("Bo followed you").getByRole("link").click();
    await expect(page.getByRole("heading", { name: "Bo" }).first()).toBeVisible();
    await cleo.ask("POST", `/spaces/${space}/end`);
    await page.goBack();
    await expect(line("liked your post")).toBeVisible();
    await expect(line("Night radio")).toHaveCount(0);
  });
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`what is switched off in the settings is neither listed nor counted, at ${size}`, async ({
    server,
    person,
  }) => {
    const amara = await Account.made(server, "amara");
    const dov = await Account.made(server, "dov");
    await dov.ask("POST", "/posts", { text: "The kettle is on, @amara" });
    const { page } = await person(server.address, equipment);
    await amara.signIn(page);
    await page.goto(`${server.address}/settings`);
    const badge = page.getByRole("link", { name: "Notifications, 1 unread" });
    await expect(badge).toBeVisible();

    await page
      .getByRole("main")
      .getByRole("link", { name: /^Notifications/u })
      .click();
    const mentions = page.getByRole("switch", { name: "Mentions" });
    await expect(page.getByRole("switch", { name: "Messages" })).toHaveCount(0);
    await mentions.click();
    await expect(mentions).not.toBeChecked();
    await expect(badge).toBeHidden();
    await page.reload();
    await expect(mentions).not.toBeChecked();
    await page.goto(`${server.address}/notifications`);
    await expect(page.getByRole("heading", { name: "Nothing new yet" })).toBeVisible();

    await page.goto(`${server.address}/settings/notifications`);
    await mentions.click();
    await expect(badge).toBeVisible();
  });
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`older notifications come as one goes down, and each leads to its post, at ${size}`, async ({
    server,
    person,
  }) => {
    const amara = await Account.made(server, "amara");
    const dov = await Account.made(server, "dov");
    for (let post = 1; post <= 24; post++)
      await dov.ask("POST", "/posts", { text: `@amara, thought ${post}` });
    const { page } = await person(server.address, equipment);
    await amara.signIn(page);
    await page.goto(`${server.address}/notifications`);
    const lines = page.getByRole("main").getByRole("listitem");
    await expect(lines.first()).toContainText("Dov mentioned you");
    await expect(lines.first()).toContainText("@amara, thought 24");

    await lines.nth(19).scrollIntoViewIfNeeded();
    await expect(lines).toHaveCount(24);
    await lines
      .filter({ hasText: /thought 1(?!\d)/u })
      .getByRole("link")
      .click();
    await expect(page.getByRole("article")).toContainText("@amara, thought 1");
  });
}

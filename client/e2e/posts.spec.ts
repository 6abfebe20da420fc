import { community } from "./harness/accounts.ts";
import { SIZES } from "./harness/people.ts";
import { expect, test } from "./harness/test.ts";

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`one likes a post and keeps it for later, at ${size}`, async ({ server, person }) => {
    const [amara, dov] = await community(server, "amara", "dov");
    await amara.ask("POST", "/posts", { text: "The kettle is on" });
    const { page } = await person(server.address, { ...equipment, bypassCSP: false });
    await dov.signIn(page);
    await page.goto(server.address);

    const post = page.getByRole("article").filter({ hasText: "The kettle is on" });
    await post.getByRole("button", { name: "Like (0 likes)" }).click();
    await expect(post.getByRole("button", { name: "Like (1 like)", pressed: true })).toBeVisible();
    await post.getByRole("button", { name: "Bookmark" }).click();
    await expect(post.getByRole("button", { name: "Bookmark", pressed: true })).toBeVisible();

    await page.getByRole("link", { name: "Profile", exact: true }).click();
    await page.getByRole("button", { name: "Bookmarks" }).click();
    await expect(post.getByRole("button", { name: "Like (1 like)", pressed: true })).toBeVisible();
    await post.getByRole("button", { name: "Bookmark" }).click();
    await expect(post.getByRole("button", { name: "Bookmark", pressed: false })).toBeVisible();
    await page.reload();
    await expect(page.getByRole("main")).toContainText("No bookmarks yet");
  });
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`one passes a post on to one's followers, and takes that back, at ${size}`, async ({
    server,
    person,
  }) => {
    const [dov, bea, amara] = await community(server, "dov", "bea", "amara");
    await dov?.ask("PUT", `/people/${amara?.id}/follow`);
    const { id } = (await amara?.ask<{ id: string }>("POST", "/posts", { text: "The kettle is on" })) ?? {};
    const { page } = await person(server.address, { ...equipment, bypassCSP: false });
    await dov?.signIn(page);
    await page.goto(server.address);

    const post = page.getByRole("article").filter({ hasText: "The kettle is on" });
    await post.getByRole("button", { name: "Repost (0 reposts)" }).click();
    await expect(post.getByRole("button", { name: "Repost (1 repost)", pressed: true })).toBeVisible();
    await bea?.signIn(page);
    await page.goto(server.address);
    await expect(post.getByRole("link", { name: "Dov reposted" })).toBeVisible();
    await page.goto(`${server.address}/posts/${id}`);
    await page.getByRole("link", { name: "1 repost" }).click();
    await expect(page.getByRole("main").getByRole("listitem")).toContainText("@dov");

    await dov?.signIn(page);
    await page.goto(`${server.address}/people/dov`);
    await expect(post.getByRole("link", { name: "You reposted" })).toBeVisible();
    await post.getByRole("button", { name: "Repost (1 repost)" }).click();
    await expect(page.getByRole("status", { name: "Notices" })).toContainText("Repost taken back");
    await bea?.signIn(page);
    await page.goto(server.address);
    await expect(page.getByRole("main")).toContainText("A quiet timeline");
  });
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`two people answer each other, and what is deleted leaves its place, at ${size}`, async ({
    server,
    person,
  }) => {
    const [amara, dov] = await community(server, "amara", "dov");
    const asked = await amara?.ask<{ id: string }>("POST", "/posts", { text: "Who has tea?" });
    const { page } = await person(server.address, { ...equipment, bypassCSP: false });
    await dov?.signIn(page);
    await page.goto(server.address);

    await page.getByRole("article").getByRole("link", { name: "0 replies" }).click();
    await expect(page.getByRole("main")).toContainText("No replies yet.");
    await page.getByLabel("What would you like to reply?").fill("I have");
    await page.getByRole("button", { name: "Reply", exact: true }).click();
    const replies = page.getByRole("feed", { name: "Replies" });
    await expect(replies.getByRole("article")).toContainText("I have");
    await expect(page.getByRole("link", { name: "1 reply" })).toBeVisible();

    await amara?.ask("DELETE", `/posts/${asked?.id}`);
    await replies.getByRole("link", { name: "0 replies" }).click();
    await expect(page.getByRole("main")).toContainText("This post is not here any more");
    await expect(page.getByRole("article")).toContainText("I have");
    await page.getByRole("link", { name: "Home", exact: true }).click();
    await expect(page.getByRole("main")).toContainText("A quiet timeline");
  });
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`one follows a hashtag, and finds posts and people by how their words begin, at ${size}`, async ({
    server,
    person,
  }) => {
    const [amara, dov] = await community(server, "amara", "dov");
    await amara?.ask("POST", "/posts", { text: "The kettle is on #Café" });
    await dov?.ask("POST", "/posts", { text: "No coffee, thank you #cafe" });
    const { page } = await person(server.address, { ...equipment, bypassCSP: false });
    await dov?.signIn(page);
    await page.goto(server.address);

    await page.getByRole("article").getByRole("link", { name: "#Café" }).click();
    await expect(page.getByRole("feed").getByRole("article")).toHaveCount(2);

    await page.getByRole("navigation").getByRole("link", { name: "Search" }).click();
    await expect(page.getByRole("region", { name: "Talked about" })).toContainText("2 people");
    await page.getByRole("searchbox", { name: "Search" }).fill("ket cafe");
    await expect(page.getByRole("article").locator("mark")).toHaveText(["kettle", "Café"]);
    await page.getByRole("searchbox", { name: "Search" }).fill("am");
    await expect(page.getByRole("main")).toContainText("No posts with “am”");
    await page
      .getByRole("navigation", { name: "What was found" })
      .getByRole("link", { name: "People" })
      .click();
    await expect(page.getByRole("list", { name: "People" })).toContainText("@amara");
    await page.reload();
    await expect(page.getByRole("searchbox", { name: "Search" })).toHaveValue("am");
    await expect(page.getByRole("list", { name: "People" })).toContainText("@amara");
  });
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`a post carries its Space, which is announced, live and over before one's eyes, at ${size}`, async ({
    server,
    person,
  }) => {
    const [amara, dov] = await community(server, "amara", "dov");
    const scheduled_start = new Date(Date.now() + 600_000).toISOString();
    const { id } = await amara.ask<{ id: string }>("POST", "/spaces", {
      title: "Tea time",
      topics: ["Tea"],
      scheduled_start,
    });
    await amara.ask("POST", "/posts", { text: "Come by", attachment: { kind: "space", id } });
    const { page } = await person(server.address, { ...equipment, bypassCSP: false });
    await dov.signIn(page);
    await page.goto(server.address);
    const card = page.getByRole("article").getByRole("region", { name: "Space: Tea time" });
    await card.getByRole("button", { name: /^Set reminder/u }).click();
    await expect(card.getByRole("button", { name: /^Reminder set/u })).toBeVisible();

    await amara.ask("POST", `/spaces/${id}/start`);
    await card.getByRole("button", { name: "Join" }).click();
    const room = page.getByRole("region", { name: "The Space you are in" });
    await expect(room.getByRole("heading", { name: "Tea time" })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(card.getByRole("button", { name: "Open" })).toBeVisible();
    await page.getByRole("article").getByRole("link", { name: "Amara" }).first().click();
    await expect(page.getByRole("link", { name: "Replies", exact: true })).toBeVisible();
    await expect(card.getByRole("button", { name: "Open" })).toBeVisible();
    await amara.ask("POST", `/spaces/${id}/end`);
    await expect(card).toContainText("Over");
    await expect(card.getByRole("button")).toHaveCount(0);
  });
}

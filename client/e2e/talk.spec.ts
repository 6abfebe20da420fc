/** What people write in a room, and what its hosts do about it. */
import type { Page } from "@playwright/test";
import { community } from "./harness/accounts.ts";
import { PHONE } from "./harness/people.ts";
import { button, choose, comeIn, host, openSpace, three } from "./harness/room.ts";
import { expect, test } from "./harness/test.ts";

const log = (page: Page) => page.getByRole("log", { name: "Messages in the room" });

async function write(page: Page, words: string): Promise<void> {
  await page.getByRole("textbox", { name: "Write to the room" }).fill(words);
  await button(page, "Send").click();
}

test("people write to the room, one to the host alone; the host slows them down and takes a message away", async ({
  server,
  person,
}) => {
  const [[a, ann], [b, ben], [c, cleo]] = await three(server, person);
  await host(a, ann, "In writing");
  await comeIn("In writing", [b, ben], [c, cleo]);
  await button(b.page, "Messages in the room").click();
  await expect(b.page.getByText("Nobody has written yet")).toBeVisible();
  await write(b.page, "Good evening from the ferry");
  await button(a.page, "Messages in the room, 1 new").click();
  await expect(log(a.page)).toContainText("Good evening from the ferry");
  await button(c.page, "Messages in the room, 1 new").click();
  await b.page.getByRole("switch", { name: "To the host alone" }).click();
  await expect(async () => {
    await write(b.page, "Your sound is a bit low");
    await expect(log(b.page)).toContainText("Your sound is a bit low", { timeout: 3000 });
  }).toPass();
  await expect(log(a.page)).toContainText("Your sound is a bit low");
  await expect(log(c.page)).not.toContainText("Your sound is a bit low");

  await log(a.page).getByRole("button", { name: "Remove the message of Ben" }).first().click();
  await expect(log(c.page)).not.toContainText("Good evening from the ferry");
  await a.page.keyboard.press("Escape");
  await button(a.page, "Room settings").click();
  await a.page.getByLabel("Slow mode").selectOption("One message every 60 s from each");
  await button(a.page, "Save").click();
  await expect(c.page.getByText("Slow mode: one message every 60 s.")).toBeVisible();
  await write(c.page, "First");
  await expect(log(c.page)).toContainText("First");
  // The feed may tell it before the answer comes, until which nothing more is sent.
  await expect(async () => {
    await write(c.page, "Second");
    await expect(c.page.getByText("Slow mode is on. Wait a little")).toBeVisible({ timeout: 3000 });
  }).toPass();
});

test("whom the host removed is let back in, and the host passes her role on", async ({ server, person }) => {
  const [ann, ben] = await community(server, "ann", "ben");
  const [a, b] = [await person(server.address), await person(server.address, PHONE)];
  const space = await host(a, ann, "Second chance");
  await comeIn("Second chance", [b, ben]);
  await expect(button(b.page, "Request to speak")).toBeVisible();
  await ann.ask("POST", `/spaces/${space}/people/${ben.id}/remove`);
  await expect(b.page.getByRole("heading", { name: "You were removed" })).toBeVisible();

  await button(a.page, /^1 here$/u).click();
  await button(a.page, "Let Ben back in").click();
  await expect(a.page.getByText("Ben can come back in.")).toBeVisible();
  await a.page.keyboard.press("Escape");
  await button(b.page, "Back home").click();
  await openSpace(b.page, server, space);
  await expect(button(b.page, "Request to speak")).toBeVisible();
  await ann.ask("POST", `/spaces/${space}/invitations/${ben.id}`);
  await button(b.page, "Come on stage").click();
  await expect(button(a.page, "Ben, Speaker, microphone off")).toBeVisible();

  await choose(a.page, "Ben");
  await button(a.page, "Make host").click();
  await expect(a.page.getByRole("heading", { name: "Make Ben the host?" })).toBeVisible();
  await button(a.page, "Make host").click();
  await expect(b.page.getByText("You are the host now.")).toBeVisible();
  await expect(button(a.page, "Ben, Host, microphone off")).toBeVisible();
  await expect(a.page.getByText("Co-host · you")).toBeVisible();
});

test("what people on stage post stands in the room, a listener shares to it, the host pins, and posts outlive the room", async ({
  server,
  person,
}) => {
  const [ann, ben] = await community(server, "ann", "ben");
  const [a, b] = [await person(server.address), await person(server.address, PHONE)];
  const space = await host(a, ann, "With slides");
  await comeIn("With slides", [b, ben]);
  const posts = (page: Page) => page.getByRole("log", { name: "Posts in the room" });
  await expect(button(b.page, "Write a post")).toBeVisible();

  const composer = a.page.getByRole("textbox", { name: "What would you like to say?" });
  await composer.fill("The slides: https://slides.example/1");
  await expect(a.page.getByText("It will stand in the Space too.")).toBeVisible();
  await composer.press("Control+Enter");
  await expect(posts(b.page)).toContainText("The slides: slides.example/1");
  await expect(posts(b.page).getByRole("article")).toContainText("Host");

  await button(b.page, "Write a post").click();
  const sheet = b.page.getByRole("dialog", { name: "Posts in the room" });
  await sheet.getByRole("textbox").fill("Greetings from the ferry");
  await sheet.getByRole("button", { name: "Post", exact: true }).click();
  await expect(posts(a.page)).toContainText("Greetings from the ferry");
  await expect(posts(a.page).getByRole("article").last()).toContainText("Listener");

  await posts(a.page).getByRole("article").last().getByRole("button", { name: /^More/u }).click();
  await a.page.getByRole("menuitem", { name: "Pin to the room" }).click();
  await b.page.keyboard.press("Escape");
  await expect(sheet).toBeHidden();
  await expect(b.page.getByRole("article").filter({ hasText: "Pinned" })).toContainText(
    "Greetings from the ferry",
  );

  await ann.ask("POST", `/spaces/${space}/end`);
  await expect(b.page.getByRole("heading", { name: "This Space is over" })).toBeVisible();
  await b.page.goto(server.address);
  await expect(b.page.getByRole("article").filter({ hasText: "Greetings from the ferry" })).toBeVisible();
  await expect(b.page.getByRole("article").filter({ hasText: "The slides" })).toBeVisible();
});

test("a listener shares to the Space from the timeline, or keeps a post out of it", async ({
  server,
  person,
}) => {
  const [ann, ben] = await community(server, "ann", "ben");
  const [a, b] = [await person(server.address, PHONE), await person(server.address)];
  await host(a, ann, "From the timeline");
  await comeIn("From the timeline", [b, ben]);
  await expect(button(b.page, "Write a post")).toBeVisible();
  const composer = b.page.getByRole("textbox", { name: "What would you like to say?" });
  const posts = a.page.getByRole("log", { name: "Posts in the room" });

  await composer.fill("For my followers");
  await expect(b.page.getByRole("switch", { name: "Share to this Space" })).not.toBeChecked();
  await composer.press("Control+Enter");
  await expect(b.page.getByRole("main").getByRole("article").first()).toContainText("For my followers");

  await composer.fill("For the room as well");
  await b.page.getByRole("switch", { name: "Share to this Space" }).click();
  await composer.press("Control+Enter");
  await expect(posts).toContainText("For the room as well");
  await expect(posts.getByRole("article")).toHaveCount(1);
  await expect(b.page.getByRole("main").getByRole("article").first()).toContainText("For the room as well");
});

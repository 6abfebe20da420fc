/** What one used goes away with what it did: one goes on from where one was, and not from the page's beginning. */
import { community } from "./harness/accounts.ts";
import { DESK, PHONE } from "./harness/people.ts";
import { button } from "./harness/room.ts";
import { expect, test } from "./harness/test.ts";

// What goes away goes by motion, and the focus must not go with it.
test.use({ motion: true });

test("what stands below a stage is read in the order in which it is seen; whoever has answered it by keyboard is at what one can do next", async ({
  server,
  signedIn,
}) => {
  const [amara, bo, cleo] = await community(server, "amara", "bo", "cleo");
  const space = await amara.startSpace("Tea", "invited");
  const page = await signedIn(amara, `/spaces/${space}`, PHONE);
  const microphone = button(page, /^Unmute microphone/u);
  await expect(microphone).not.toHaveAttribute("aria-disabled", "true");
  // There is no microphone at this browser.
  await microphone.click();
  await expect(page.getByRole("alert")).toBeVisible();
  await amara.ask("PUT", `/spaces/${space}/recording`, { on: true });
  await expect(page.getByText("when you open your microphone, you agree")).toBeVisible();
  for (const guest of [bo, cleo]) {
    await guest.join(space);
    await guest.ask("POST", `/spaces/${space}/requests`, {
      question: "A question of some length. ".repeat(5),
    });
  }
  await expect(button(page, "1 more waiting")).toBeVisible();

  // What lies over the room, or stays at its foot, has its place by itself.
  const tops = await page
    .locator(".room > *")
    .evaluateAll((parts) =>
      parts
        .filter((part) => part.getClientRects().length > 0 && getComputedStyle(part).position === "static")
        .map((part) => part.getBoundingClientRect().top),
    );
  expect(tops).toEqual(tops.toSorted((one, other) => one - other));
  expect(tops.length).toBeGreaterThanOrEqual(6);

  for (const name of ["Accept Bo", "Accept Cleo"]) await button(page, name).press("Enter");
  await expect(button(page, /^Accept/u)).toHaveCount(0);
  await expect(microphone).toBeFocused();
});

test("whoever goes to new posts by keyboard, in the room or at home, is at them", async ({
  server,
  signedIn,
}) => {
  const [amara, bo] = await community(server, "amara", "bo");
  await amara.ask("POST", "/posts", { text: "Long ago" });
  const space = await amara.startSpace("Tea");
  for (const text of ["One", "Two", "Three", "Four"])
    await amara.ask("POST", `/spaces/${space}/posts`, { text });
  const page = await signedIn(bo, `/spaces/${space}`, DESK);
  const posts = page.getByRole("log", { name: "Posts in the room" }).getByRole("article");
  await expect(posts).toHaveCount(4);
  await posts.last().hover();
  await amara.ask("POST", `/spaces/${space}/posts`, { text: "Five" });
  await button(page, "1 new post").press("Enter");
  await expect(posts.last().getByRole("button").first()).toBeFocused();

  await page.goto(server.address);
  const timeline = page.getByRole("feed", { name: "Posts" });
  await expect(timeline).toContainText("Long ago");
  const ways = page.getByRole("navigation");
  await ways.getByRole("link", { name: "Discover", exact: true }).click();
  await expect(timeline).toHaveCount(0);
  await amara.ask("POST", "/posts", { text: "Just now" });
  await ways.getByRole("link", { name: "Home", exact: true }).click();
  await button(page, "1 new post").press("Enter");
  await expect(timeline.getByRole("article").first()).toContainText("Just now");
  await expect(timeline.getByRole("article").first()).toBeFocused();
});

import type { Page } from "@playwright/test";
import jsQR from "jsqr";
import { community } from "./harness/accounts.ts";
import { openBlog } from "./harness/blog.ts";
import { comeHome, startSpace } from "./harness/room.ts";
import { expect, test } from "./harness/test.ts";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const DESKTOP = { viewport: { width: 1280, height: 860 } };

const sheet = (page: Page) => page.getByRole("dialog", { name: "Share this Space" });

/** The picture's pixels, on the dark page around it. Runs inside the page, and so stands alone. */
async function asACameraSeesIt(picture: Element): Promise<{ pixels: number[]; width: number }> {
  const width = 600;
  const image = new Image(width, width);
  const drawn = picture.cloneNode(true) as Element;
  drawn.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  drawn.setAttribute("width", `${width}`);
  drawn.setAttribute("height", `${width}`);
  image.src = `data:image/svg+xml,${encodeURIComponent(drawn.outerHTML)}`;
  await image.decode();
  const context = new OffscreenCanvas(width, width).getContext("2d");
  context?.fillRect(0, 0, width, width);
  context?.drawImage(image, 0, 0, width, width);
  return { pixels: [...(context?.getImageData(0, 0, width, width).data ?? [])], width };
}

test("a host invites a friend and a stranger by message; the friend joins from the card, which ends with the Space", async ({
  server,
  person,
}) => {
  const [amara, dov, zoe] = await community(server, "amara", "dov", "zoe");
  if (!amara || !dov || !zoe) throw new Error("nobody came");
  await zoe.ask("DELETE", `/people/${amara.id}/follow`);
  const { page: host } = await person(server.address, { ...DESKTOP, microphone: "numbers" });
  await comeHome(host, amara);
  await startSpace(host, "Tea time");
  await host.getByRole("button", { name: "Share", exact: true }).click();
  await sheet(host).getByText("Dov", { exact: true }).click();
  await sheet(host).getByLabel("Find people by name").fill("zo");
  await sheet(host).getByText("Zoe", { exact: true }).click();
  await expect(sheet(host).getByRole("checkbox", { name: /Dov/u })).toBeChecked();
  await sheet(host).getByLabel("Add a message (optional)").fill("The kettle is on");
  await sheet(host).getByRole("button", { name: "Invite 2 people" }).click();
  await expect(host.getByText("Invitation sent to 2 people.")).toBeVisible();
  await expect(sheet(host)).toBeHidden();

  const { page: guest } = await person(server.address, PHONE);
  await dov.signIn(guest);
  await guest.goto(`${server.address}/messages`);
  await guest.getByRole("link", { name: /Amara.*The kettle is on/u }).click();
  const card = guest.getByRole("region", { name: "Space: Tea time" });
  await card.getByRole("button", { name: "Join" }).click();
  await expect(guest.getByRole("button", { name: "Request to speak" })).toBeVisible();
  await guest.getByRole("button", { name: "Fold the room" }).click();
  await amara.ask("POST", `/spaces/${new URL(await linkOf(host)).pathname.split("/").at(-1)}/end`);
  await expect(card).toContainText("Over");
  await expect(card.getByRole("button", { name: "Join" })).toBeHidden();

  const unread = await zoe.ask<{ requests: number }>("GET", "/conversations/unread");
  expect(unread.requests).toBe(1);
});

/** What the host's "Copy link" puts on the clipboard. */
async function linkOf(page: Page): Promise<string> {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await sheet(page).getByRole("button", { name: "Copy link" }).click();
  await expect(page.getByText("Link copied. Anyone who has it can listen.")).toBeVisible();
  await page.keyboard.press("Escape");
  return page.evaluate(() => navigator.clipboard.readText());
}

test("whom an invitation does not reach is named, with the reason, and nobody else is bothered twice", async ({
  server,
  person,
}) => {
  const [amara, dov, zoe] = await community(server, "amara", "dov", "zoe");
  if (!amara || !dov || !zoe) throw new Error("nobody came");
  const id = await amara.startSpace("Tea time");
  await zoe.ask("PUT", "/me/message-settings", { writers: "nobody" });
  const { page } = await person(server.address, PHONE);
  await amara.signIn(page);
  await page.goto(`${server.address}/spaces/${id}`);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await sheet(page).getByText("Dov", { exact: true }).click();
  await sheet(page).getByText("Zoe", { exact: true }).click();
  await sheet(page).getByRole("button", { name: "Invite 2 people" }).click();
  await expect(page.getByText("Invitation sent to 1 person.")).toBeVisible();
  await expect(sheet(page).getByRole("alert")).toContainText("This person does not take messages from you.");
});

test("a listener passes a Space on from its card: as a post, and as a code to scan, by keyboard", async ({
  server,
  person,
}) => {
  const [amara, dov] = await community(server, "amara", "dov");
  if (!amara || !dov) throw new Error("nobody came");
  const id = await amara.startSpace("Tea time");
  await amara.ask("POST", "/posts", { text: "Come", attachment: { kind: "space", id } });
  const { page } = await person(server.address, DESKTOP);
  await dov.signIn(page);
  await page.goto(server.address);
  await page.getByRole("button", { name: "Share Tea time" }).focus();
  await page.keyboard.press("Enter");
  await sheet(page).getByRole("button", { name: "QR code" }).press("Enter");
  const code = page.getByRole("img", { name: "QR code with the link to Tea time" });
  await expect(code).toBeVisible();
  const { pixels, width } = await code.evaluate(asACameraSeesIt);
  expect(jsQR(Uint8ClampedArray.from(pixels), width, width)?.data).toBe(`${server.address}/spaces/${id}`);
  await expect(page.getByRole("dialog")).toContainText(`${server.address}/spaces/${id}`);
  await page.getByRole("button", { name: "Back to sharing" }).press("Enter");
  await sheet(page).getByRole("button", { name: "Post", exact: true }).press("Enter");
  await page.keyboard.type("I am in there");
  await page.getByRole("dialog").getByRole("button", { name: "Post", exact: true }).press("Enter");
  await expect(page.getByRole("dialog")).toBeHidden();
  const { items } = await dov.ask<{ items: { text: string; attachment: { id: string } }[] }>(
    "GET",
    "/timeline",
  );
  expect(items[0]).toMatchObject({ text: "I am in there", attachment: { id } });
});

test("somebody who has no account shares by link, and is told what an account would add", async ({
  server,
  person,
}) => {
  const [amara] = await community(server, "amara");
  const id = await amara?.startSpace("Tea time");
  const { page } = await person(`${server.address}/spaces/${id}`, PHONE);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await expect(sheet(page)).toContainText("Sign in to invite people by message");
  await expect(sheet(page).getByRole("button", { name: "Copy link" })).toBeVisible();
  await expect(sheet(page).getByRole("button", { name: "Post", exact: true })).toBeHidden();
});

test("a listener of a room for the invited is told that the hosts invite", async ({ server, person }) => {
  const [amara, dov] = await community(server, "amara", "dov");
  if (!amara || !dov) throw new Error("nobody came");
  const { id } = await amara.ask<{ id: string }>("POST", "/spaces", { title: "Tea", audience: "invited" });
  await amara.ask("POST", `/spaces/${id}/message-invitations`, { people: [dov.id] });
  const { page } = await person(server.address, PHONE);
  await dov.signIn(page);
  await page.goto(`${server.address}/spaces/${id}`);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await expect(sheet(page)).toContainText("Only the hosts invite people into this Space.");
});

test("somebody listens in the page of another site, without cookies, and stops", async ({
  server,
  person,
}) => {
  const [amara] = await community(server, "amara");
  const id = await amara?.startSpace("Tea time");
  const { page: host } = await person(server.address, { ...DESKTOP, microphone: "numbers" });
  await amara?.signIn(host);
  await host.goto(`${server.address}/spaces/${id}`);
  await host.getByRole("button", { name: /^Unmute microphone/u }).click();

  const blog = await openBlog(server, id);
  const { page } = await person(blog.address, { bypassCSP: false });
  const player = page.frameLocator("iframe");
  await expect(player.getByRole("heading", { name: "Tea time" })).toBeVisible();
  await player.getByRole("button", { name: "Listen" }).click();
  await expect(player.getByRole("status")).toHaveText("You are listening.");
  await expect(host.getByText("2 here")).toBeVisible();
  expect(await page.context().cookies()).toEqual([]);
  await player.getByRole("button", { name: "Stop" }).click();
  await expect(player.getByRole("button", { name: "Listen" })).toBeVisible();
  await amara?.ask("POST", `/spaces/${id}/end`);
  await player.getByRole("button", { name: "Listen" }).click();
  await expect(player.getByText("Over", { exact: true })).toBeVisible();
  blog.close();
});

/** One person on two devices. */
import type { Page } from "@playwright/test";
import { community } from "./harness/accounts.ts";
import { PHONE } from "./harness/people.ts";
import { button, comeIn, host, openMicrophone, openSpace } from "./harness/room.ts";
import { expect, test } from "./harness/test.ts";

const speakHere = (page: Page) => button(page, "Speak from here");
const microphone = (page: Page) => button(page, /^(Unm|M)ute microphone/u);
const connected = (page: Page) => expect(page.getByText("Connecting", { exact: false })).toHaveCount(0);

test("whoever listens on two devices counts once, comes on stage with the one on which they accept, and moves to the other only by their own tap", async ({
  server,
  person,
}) => {
  const [ann, ben] = await community(server, "ann", "ben");
  const a = await person(server.address);
  const laptop = await person(server.address, { microphone: "numbers" });
  const phone = await person(server.address, { ...PHONE, microphone: "numbers" });
  const space = await host(a, ann, "On two devices");
  await comeIn("On two devices", [laptop, ben], [phone, ben]);
  for (const { page } of [laptop, phone]) {
    await expect(button(page, "Request to speak")).toBeVisible();
    await connected(page);
  }
  await expect(button(a.page, /^2 here$/u)).toBeVisible();
  await expect(a.page.getByText("1 listening")).toBeVisible();

  await ann.ask("POST", `/spaces/${space}/invitations/${ben.id}`);
  await button(phone.page, "Come on stage").click();
  await openMicrophone(phone.page);
  await expect(button(a.page, "Ben, Speaker, microphone on")).toBeVisible();
  await expect(speakHere(laptop.page)).toBeVisible();
  await expect(laptop.page.getByText("Your microphone is open on another device.")).toBeVisible();
  await expect(microphone(laptop.page)).toHaveCount(0);
  await expect(button(a.page, /^2 here$/u)).toBeVisible();

  await speakHere(laptop.page).click();
  await expect(microphone(laptop.page)).toBeFocused();
  await expect(button(a.page, "Ben, Speaker, microphone off")).toBeVisible();
  await expect(speakHere(phone.page)).toBeVisible();
  await expect(phone.page.getByText("You are on stage on another device")).toBeVisible();
  await openMicrophone(laptop.page);
  await expect(button(a.page, "Ben, Speaker, microphone on")).toBeVisible();
  await expect(speakHere(phone.page)).toBeVisible();
  await expect(button(a.page, /^2 here$/u)).toBeVisible();
});

test("who is on stage opens the Space on a second device and hears it there; reloading and leaving change nothing on the first", async ({
  server,
  person,
}) => {
  const [ann, ben] = await community(server, "ann", "ben");
  const laptop = await person(server.address, { microphone: "numbers" });
  const phone = await person(server.address, PHONE);
  const b = await person(server.address);
  const space = await host(laptop, ann, "At the desk and in the kitchen");
  await comeIn("At the desk and in the kitchen", [b, ben]);
  await openMicrophone(laptop.page);
  const speaks = () => expect(button(b.page, "Ann, Host, microphone on")).toBeVisible();
  await speaks();

  await ann.signIn(phone.page);
  await openSpace(phone.page, server, space);
  await expect(speakHere(phone.page)).toBeVisible();
  await connected(phone.page);
  await phone.page.reload();
  await expect(speakHere(phone.page)).toBeVisible();
  await connected(phone.page);
  await speaks();
  await expect(button(b.page, /^2 here$/u)).toBeVisible();
  await button(phone.page, "Leave").click();
  await expect(speakHere(phone.page)).toHaveCount(0);
  await speaks();

  await openSpace(phone.page, server, space);
  await expect(speakHere(phone.page)).toBeVisible();
  await laptop.page.reload();
  await expect(button(b.page, "Ann, Host, microphone off")).toBeVisible();
  await openMicrophone(laptop.page);
  await speaks();
  await expect(speakHere(phone.page)).toBeVisible();
});

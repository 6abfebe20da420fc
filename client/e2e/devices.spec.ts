/** One person on two devices. */
import type { Page } from "@playwright/test";
import { community } from "./harness/accounts.ts";
import { PHONE } from "./harness/people.ts";
import { button, comeIn, host, openMicrophone } from "./harness/room.ts";
import { expect, test } from "./harness/test.ts";

const elsewhere = (page: Page) => page.getByRole("heading", { name: "You went on elsewhere" });

test("whoever listens on two devices counts once, speaks on one of them, and takes over on the other, muted", async ({
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
    await expect(page.getByText("Connecting", { exact: false })).toHaveCount(0);
  }
  await expect(button(a.page, "2 here")).toBeVisible();
  await expect(a.page.getByText("1 listening")).toBeVisible();

  await ann.ask("POST", `/spaces/${space}/invitations/${ben.id}`);
  await button(laptop.page, "Come on stage").click();
  // Both devices hear of the seat; the later of their sessions stands.
  const gone = async () =>
    (await elsewhere(laptop.page).isVisible()) || (await elsewhere(phone.page).isVisible());
  await expect.poll(gone).toBe(true);
  const [speaks, rests] = (await elsewhere(phone.page).isVisible()) ? [laptop, phone] : [phone, laptop];
  await openMicrophone(speaks.page);
  await expect(button(a.page, "Ben, Speaker, microphone on")).toBeVisible();
  await expect(
    rests.page.getByText("You are in this Space in another tab or on another device."),
  ).toBeVisible();
  await expect(button(a.page, "2 here")).toBeVisible();

  await button(rests.page, "Join again").click();
  await expect(elsewhere(speaks.page)).toBeVisible();
  await expect(button(a.page, "Ben, Speaker, microphone off")).toBeVisible();
  await expect(button(rests.page, /^Unmute microphone/u)).toBeVisible();
  await openMicrophone(rests.page);
  await expect(button(a.page, "Ben, Speaker, microphone on")).toBeVisible();
  await expect(button(a.page, "2 here")).toBeVisible();
});

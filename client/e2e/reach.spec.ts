import type { Page } from "@playwright/test";
import { excess, faults } from "./harness/axe.ts";
import { expect, test } from "./harness/test.ts";

/** Each page of a demo, and what is done there before one looks. */
const PLACES: readonly (readonly [address: string, act?: (page: Page) => Promise<void>])[] = [
  ["/"],
  ["/people"],
  ["/discover"],
  ["/people/amara"],
  ["/people/amara/followers"],
  ["/messages"],
  ["/messages/new"],
  [
    "/people/amara",
    async (page) => {
      await page.getByRole("button", { name: "Message Amara" }).click();
      await page.getByRole("textbox", { name: "Write a message" }).waitFor();
    },
  ],
  ["/settings"],
  ["/settings/notifications"],
  ["/settings/privacy"],
  ["/settings/data"],
  ["/farewell"],
  ["/settings/privacy/muted"],
  ["/follow-requests"],
  ["/notifications"],
  ["/nowhere"],
  ["/people/dov", (page) => page.getByRole("button", { name: "Edit profile" }).click()],
  ["/settings", (page) => page.keyboard.press("?")],
  [
    "/",
    (page) =>
      page
        .getByRole("button", { name: /who is there/u })
        .first()
        .click(),
  ],
  [
    "/",
    (page) =>
      page
        .getByRole("button", { name: /More about this post/u })
        .first()
        .click(),
  ],
  ["/", (page) => page.getByRole("button", { name: "Start a Space" }).first().click()],
  ["/", (page) => page.getByRole("button", { name: /^Join Night radio/u }).click()],
  ["/", (page) => page.getByRole("button", { name: "Share", exact: true }).click()],
];

test.use({ settings: { COOEE_DEMO: "1" } });

const LOOKS = [
  { colorScheme: "light", contrast: "no-preference", viewport: { width: 390, height: 844 } },
  { colorScheme: "dark", contrast: "no-preference", viewport: { width: 1280, height: 860 } },
  { colorScheme: "light", contrast: "more", viewport: { width: 1280, height: 860 } },
  { colorScheme: "dark", contrast: "more", viewport: { width: 390, height: 844 } },
] as const;

for (const look of LOOKS) {
  const name = `${look.colorScheme}, contrast ${look.contrast}, ${look.viewport.width} wide`;
  test(`every page keeps to WCAG 2.2 AA as far as axe can tell: ${name}`, async ({ server, person }) => {
    const { page } = await person(server.address, { ...look, reducedMotion: "reduce" });
    await expect(page.getByRole("button", { name: "Sign in as Dov" })).toBeVisible();
    expect.soft(await faults(page), "sign in").toEqual([]);
    await page.getByRole("button", { name: "Sign in as Dov" }).click();
    await expect(page.getByRole("feed")).toBeVisible();

    for (const [address, act] of PLACES) {
      await page.goto(server.address + address);
      await expect(page.getByRole("heading").first()).toBeAttached();
      await act?.(page);
      expect.soft(await faults(page), address).toEqual([]);
      expect.soft(await excess(page), `${address} is too wide`).toBe(0);
    }
  });
}

test("nothing is cut off at 320 pixels, nor with letters of twice the size", async ({ server, person }) => {
  const { page } = await person(server.address, { viewport: { width: 320, height: 640 } });
  await page.getByRole("button", { name: "Sign in as Dov" }).click();
  await expect(page.getByRole("feed")).toBeVisible();
  for (const [address, act] of PLACES) {
    await page.goto(server.address + address);
    await expect(page.getByRole("heading").first()).toBeAttached();
    await act?.(page);
    expect.soft(await excess(page), `${address} at 320`).toBe(0);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.addStyleTag({ content: "html { font-size: 200% !important }" });
    expect.soft(await excess(page), `${address} with large letters`).toBe(0);
    await page.setViewportSize({ width: 320, height: 640 });
  }
});

test("with letters of twice the size one sees in a room who is on stage and how to leave it", async ({
  server,
  person,
}) => {
  const { page } = await person(server.address, { viewport: { width: 390, height: 844 } });
  await page.getByRole("button", { name: "Sign in as Dov" }).click();
  await page.getByRole("button", { name: /^Join Night radio/u }).click();
  const seat = page.locator(".stage > li[data-person]").first();
  await expect(seat).toBeVisible();
  await page.addStyleTag({ content: "html { font-size: 200% !important }" });
  await expect(seat.locator("small")).toBeInViewport({ ratio: 1 });
  const leave = page.getByRole("button", { name: "Leave" });
  await expect(leave).toBeInViewport({ ratio: 1 });
  await page.setViewportSize({ width: 320, height: 640 });
  await expect(leave).toBeInViewport({ ratio: 1 });

  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole("button", { name: /^\d+ here$/u }).click();
  const role = page.getByRole("dialog", { name: "People" }).locator("small").first();
  const lines = () => role.evaluate((one) => one.getClientRects().length);
  await expect(role).toHaveText(/host/iu);
  expect(await lines()).toBe(1);
});

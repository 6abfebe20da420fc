import { join } from "node:path";
import type { Page } from "@playwright/test";
import { excess, faults } from "./harness/axe.ts";
import { type Neighbourhood, settle } from "./harness/neighbours.ts";
import { expect, test } from "./harness/test.ts";

/** Where nobody is signed in. */
const DOORS = {
  "the front door": "/",
  "sign in": "/sign-in",
  "sign up": "/sign-up",
  "a forgotten password": "/forgot-password",
  "a link that opens nothing": "/reset-password#x",
  "an address to confirm": "/confirm-email#x",
  "terms, for guests": "/about/terms",
  "a page the operator did not write": "/about/nothing",
};

/** What somebody finds who has just come. */
const EMPTY = {
  "an empty home": "/",
  "an empty profile": "/people/nadia",
  "no bookmarks": "/bookmarks",
  "no messages": "/messages",
  "no requests": "/messages/requests",
  "no notifications": "/notifications",
  "no follow requests": "/follow-requests",
  "nothing ahead": "/upcoming",
  "nothing found": "/search?q=zebra",
  "a hashtag nobody used": "/hashtags/zebra",
  "no reports": "/settings/reports",
};

const LOOKS = {
  "a phone by day": {
    colorScheme: "light",
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  },
  "a desk at night": { colorScheme: "dark", viewport: { width: 1280, height: 800 } },
} as const;

/** Pictures of every page, for whoever wants to look at them, go where this says. */
const PICTURES = process.env.COOEE_PICTURES;

async function look(page: Page, address: string, pages: Readonly<Record<string, string>>, name: string) {
  for (const [what, path] of Object.entries(pages)) {
    await page.goto(address + path);
    await expect(page.getByRole("heading").first()).toBeAttached();
    await expect(page.locator("[role=status][aria-label=Loading]")).toHaveCount(0);
    expect.soft(await faults(page), what).toEqual([]);
    expect.soft(await excess(page), `${what} is too wide`).toBe(0);
    if (PICTURES)
      await page.screenshot({ path: join(PICTURES, `${name}, ${what.replaceAll("/", " ")}.png`) });
  }
}

for (const [size, equipment] of Object.entries(LOOKS)) {
  test(`somebody who cannot see well finds their way through every page of the network, at ${size}`, async ({
    server,
    person,
  }) => {
    // Sixty pages, each of which axe reads whole.
    test.setTimeout(900_000);
    const { me, newcomer, pages }: Neighbourhood = await settle(server);
    const { page } = await person(server.address, { ...equipment, reducedMotion: "reduce" });
    await look(page, server.address, DOORS, size);
    await newcomer.signIn(page);
    await look(page, server.address, EMPTY, size);
    await page.context().clearCookies();
    await me.signIn(page);
    await look(page, server.address, pages, size);
  });
}

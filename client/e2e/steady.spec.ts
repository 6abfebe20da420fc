import type { Page } from "@playwright/test";
import { type Account, community } from "./harness/accounts.ts";
import { PHONE } from "./harness/people.ts";
import { button, onStage, openSpace } from "./harness/room.ts";
import { expect, test } from "./harness/test.ts";

const DESK = { viewport: { width: 1280, height: 860 } } as const;

declare global {
  interface Window {
    /** What moved without the person's doing, as the browser counts it. */
    shifts: string[];
    /** Feeds of those who listen and are at no browser of their own. */
    feeds: Map<string, WebSocket>;
  }
}

/** Stands alone: it runs in the page. */
async function watchShifts(): Promise<void> {
  await document.fonts.ready;
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & {
      value: number;
      hadRecentInput: boolean;
      sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[];
    })[]) {
      const moved = entry.sources.map(({ node, previousRect: from, currentRect: to }) => {
        const element = node instanceof Element ? node : node?.parentElement;
        return `${element?.outerHTML.slice(0, 120)} from ${from.x},${from.y} to ${to.x},${to.y}`;
      });
      // Zero to three digits, as it is measured elsewhere: less is a letter that grew.
      if (!entry.hadRecentInput && entry.value >= 0.0005)
        window.shifts.push(`${entry.value.toFixed(5)} ${moved.join(" | ")}`);
    }
  }).observe({ type: "layout-shift" });
}

/** Stands alone: it runs in the page. */
function listenTo({ name, url }: { name: string; url: string }): void {
  window.feeds ??= new Map();
  window.feeds.set(name, new WebSocket(url.replace(/^http/u, "ws")));
}

/** Comes in to listen, by a feed that another page holds. */
async function listen(elsewhere: Page, account: Account, space: string): Promise<void> {
  const { feed_url: url } = await account.join(space);
  await elsewhere.evaluate(listenTo, { name: account.username, url });
}

const goAway = (elsewhere: Page, { username }: Account) =>
  elsewhere.evaluate((name) => window.feeds.get(name)?.close(), username);

/** Takes a seat, and stays there: who has no feed loses it after half a minute. */
const sit = async (elsewhere: Page, account: Account, space: string) => {
  await listen(elsewhere, account, space);
  await account.ask("POST", `/spaces/${space}/requests`, {});
};
const rise = (account: Account, space: string) => account.ask("DELETE", `/spaces/${space}/stage/me`);

test.use({ settings: { COOEE_JOIN_ADDRESS_LIMIT: "" } });

for (const [size, equipment, watches] of [
  ["a phone", PHONE, "bo"],
  ["a desk", DESK, "amara"],
] as const) {
  test(`nothing on the page moves when people come to listen, take all 13 seats, leave and ask, and posts stand below: ${watches} at ${size}`, async ({
    server,
    person,
  }) => {
    const [amara, bo, ...others] = (await community(
      server,
      "amara",
      "bo",
      ...Array.from({ length: 12 }, (_, number) => `guest${number}`),
    )) as [Account, Account, ...Account[]];
    const [first, second, third, fourth] = others as [Account, Account, Account, Account];
    const space = await amara.startSpace("Tea");
    for (const text of ["The slides", "The recipe"])
      await amara.ask("POST", `/spaces/${space}/posts`, { text });
    const { page } = await person(server.address, equipment);
    const { page: elsewhere } = await person(server.address);
    await (watches === "bo" ? bo : amara).signIn(page);
    await openSpace(page, server, space);
    if (watches === "amara") await listen(elsewhere, bo, space);
    await expect(onStage(page)).toHaveCount(1);
    await expect(page.getByText("1 listening")).toBeVisible();
    const posts = page.getByRole("log", { name: "Posts in the room" });
    for (const text of ["The slides", "The recipe"]) await expect(posts).toContainText(text);
    if (watches === "bo") await expect(button(page, /^Join Tea/u)).toHaveCount(1);
    await expect(page.getByText("Connecting", { exact: false })).toHaveCount(0);
    await page.evaluate(watchShifts);

    for (const guest of [first, second, third, fourth]) await listen(elsewhere, guest, space);
    await expect(page.getByText("5 listening")).toBeVisible();
    await goAway(elsewhere, second);
    await expect(page.getByText("4 listening")).toBeVisible();

    for (const [index, guest] of others.entries()) {
      await sit(elsewhere, guest, space);
      await expect(onStage(page)).toHaveCount(2 + index);
    }
    for (const [index, guest] of [third, first, others.at(-1) as Account].entries()) {
      await rise(guest, space);
      await expect(onStage(page)).toHaveCount(12 - index);
    }
    await sit(elsewhere, first, space);
    await expect(onStage(page)).toHaveCount(11);

    await amara.ask("PATCH", `/spaces/${space}`, { policy: "invited" });
    await sit(elsewhere, third, space);
    if (watches === "amara") await expect(button(page, "Accept Guest2")).toBeVisible();
    await amara.ask("POST", `/spaces/${space}/requests/${third.id}/accept`);
    await expect(onStage(page)).toHaveCount(12);
    expect(await page.evaluate(() => window.shifts)).toEqual([]);
  });
}

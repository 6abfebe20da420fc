import type { Page } from "@playwright/test";
import { Account, community } from "./harness/accounts.ts";
import { PHONE } from "./harness/people.ts";
import { openSpace } from "./harness/room.ts";
import { expect, test } from "./harness/test.ts";

const DESK = { viewport: { width: 1280, height: 860 } } as const;

declare global {
  interface Window {
    /** What moved without the person's doing, as the browser counts it. */
    shifts: string[];
  }
}

/** Stands alone: it runs in the page. */
function watchShifts(): void {
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & {
      value: number;
      hadRecentInput: boolean;
      sources: { node: Element | null }[];
    })[]) {
      const moved = entry.sources.map(({ node }) => node?.outerHTML?.slice(0, 80) ?? "");
      if (!entry.hadRecentInput) window.shifts.push(`${entry.value.toFixed(5)} ${moved.join(" | ")}`);
    }
  }).observe({ type: "layout-shift" });
}

const onStage = (page: Page) => page.locator(".stage > li");

for (const [size, equipment] of Object.entries({ "a phone": PHONE, "a desk": DESK })) {
  test(`nothing on the page moves when people take a seat in a row of the stage and leave it, at ${size}`, async ({
    server,
    person,
  }) => {
    const [amara, bo] = (await community(server, "amara", "bo")) as [Account, Account];
    const guests: Account[] = [];
    for (const name of ["cleo", "dan"]) guests.push(await Account.made(server, name));
    const space = await amara.startSpace("Tea");
    const { page } = await person(server.address, equipment);
    await bo.signIn(page);
    await openSpace(page, server, space);
    await expect(onStage(page)).toHaveCount(1);
    await expect(page.getByText("1 listening")).toBeVisible();
    await expect(page.getByRole("button", { name: /^Join Tea/u })).toHaveCount(1);
    await expect(page.getByText("Connecting", { exact: false })).toHaveCount(0);
    await page.evaluate(watchShifts);

    for (const [index, guest] of guests.entries()) {
      await guest.join(space);
      await guest.ask("POST", `/spaces/${space}/requests`, {});
      await expect(onStage(page)).toHaveCount(2 + index);
    }
    for (const [index, guest] of guests.toReversed().entries()) {
      await guest.ask("DELETE", `/spaces/${space}/stage/me`);
      await expect(onStage(page)).toHaveCount(guests.length - index);
    }
    expect(await page.evaluate(() => window.shifts)).toEqual([]);
  });
}

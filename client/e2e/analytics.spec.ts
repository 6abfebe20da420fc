import { readFile } from "node:fs/promises";
import type { Locator } from "@playwright/test";
import { community } from "./harness/accounts.ts";
import { excess, faults } from "./harness/axe.ts";
import { PHONE } from "./harness/people.ts";
import { comeHome, joinBubble, startSpace } from "./harness/room.ts";
import { expect, test } from "./harness/test.ts";

for (const [size, equipment] of Object.entries({
  "a phone": PHONE,
  "a desk": { viewport: { width: 1280, height: 860 } },
})) {
  test(`a host sees how many listen and how they came while the Space goes on, and afterwards as a table and a file, at ${size}`, async ({
    server,
    person,
  }) => {
    const [amara, bo] = await community(server, "amara", "bo");
    if (!amara || !bo) throw new Error("nobody");
    const { page: host } = await person(server.address, equipment);
    await comeHome(host, amara);
    await startSpace(host, "Tea");
    const { page: listener } = await person(server.address, equipment);
    await comeHome(listener, bo);
    await joinBubble(listener, "Tea");
    await expect(listener.getByRole("button", { name: /^Request|^Speak/u })).toBeVisible();

    await host.getByRole("button", { name: "Room settings" }).click();
    await host.getByRole("dialog").getByRole("button", { name: "Analytics" }).click();
    const main = host.getByRole("main");
    await expect(main.getByRole("heading", { name: "Analytics" })).toBeVisible();
    await expect(main.getByRole("listitem").filter({ hasText: "Bubble at home" })).toContainText("1");
    await expect(figure(main, "Listening now")).toHaveText(/^Listening now\s*1$/u);
    // Nobody reloads the page.
    await bo.ask("POST", `/spaces/${await amara.space()}/reactions`, { emoji: "💜" });
    await expect(figure(main, "Reactions")).toHaveText(/^Reactions\s*1$/u);

    const chart = main.getByRole("slider", { name: "Listeners over time" });
    await chart.press("Home");
    await expect(chart).toHaveAttribute("aria-valuetext", /on average, \d+ at most/u);
    await main.getByText("As a table").click();
    await expect(
      main.getByRole("table", { name: "Listeners over time" }).getByRole("row").nth(1),
    ).toBeVisible();
    expect(await faults(host)).toEqual([]);
    expect(await excess(host)).toBe(0);

    const space = await amara.space();
    await amara.ask("POST", `/spaces/${space}/end`);
    await host.getByRole("button", { name: "Analytics" }).click();
    await expect(main.getByText(/It is kept until/u)).toBeVisible();
    const coming = host.waitForEvent("download");
    await main.getByRole("link", { name: "Minutes (CSV)" }).click();
    const file = await coming;
    expect(file.suggestedFilename()).toBe(`space-${space}-minutes.csv`);
    expect(await readFile(await file.path(), "utf8")).toMatch(/^minute,listeners_average,listeners_most,/u);

    await host.goto(`${server.address}/settings/spaces`);
    const line = main.getByRole("listitem").filter({ hasText: "Tea" });
    await expect(line).toContainText("1 person · peak 1");
    await line.getByRole("link").click();
    await expect(main.getByRole("heading", { name: "Tea" })).toBeVisible();
    await expect(figure(main, "Peak")).toHaveText(/^Peak\s*1/u);
    // A phone is turned, and turned back.
    await host.setViewportSize({ width: 844, height: 390 });
    await expect.poll(() => excess(host)).toBe(0);
    await host.setViewportSize({ width: 390, height: 844 });
    await expect.poll(() => excess(host)).toBe(0);
  });
}

/** One of the numbers at the top. */
const figure = (main: Locator, name: string) =>
  main.locator("dl > div").filter({ has: main.page().getByRole("term").filter({ hasText: name }) });

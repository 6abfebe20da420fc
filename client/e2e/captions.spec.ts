import type { Page } from "@playwright/test";
import { community } from "./harness/accounts.ts";
import { excess, faults } from "./harness/axe.ts";
import { captioned } from "./harness/captions.ts";
import { PHONE } from "./harness/people.ts";
import { openSpace } from "./harness/room.ts";
import { expect, test } from "./harness/test.ts";

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const captions = (page: Page) => page.getByRole("region", { name: "Captions" });

test("who reads captions finds what was said before, scrolls back to it, pauses, and copies it", async ({
  server,
  person,
}) => {
  const [ann, ben] = await community(server, "ann", "ben");
  const space = await ann.startSpace("Town meeting");
  const said = Array.from({ length: 20 }, (_, at) => `Sentence number ${at + 1}`);
  await captioned(server, space, ann, said);
  const { page } = await person(server.address, PHONE);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await ben.signIn(page);
  await openSpace(page, server, space);
  await button(page, "Show captions").click();
  const lines = captions(page).getByRole("listitem");
  await expect(lines).toHaveCount(said.length);
  await expect(lines.last()).toBeInViewport();
  expect(await faults(page)).toEqual([]);
  expect(await excess(page)).toBe(0);

  // A small phone, and notes and posts that need more than there is: the newest line stands above the foot all the same.
  await page.setViewportSize({ width: 390, height: 540 });
  await expect
    .poll(async () => {
      const [line, foot] = [
        await lines.last().boundingBox(),
        await page.locator(".room > footer").boundingBox(),
      ];
      return line && foot ? foot.y - (line.y + line.height) : -1;
    })
    .toBeGreaterThan(0);
  await page.setViewportSize(PHONE.viewport);
  await expect(lines.last()).toBeInViewport();

  await lines.first().scrollIntoViewIfNeeded();
  await expect(lines.last()).not.toBeInViewport();
  await button(page, "To the newest").click();
  await expect(lines.last()).toBeInViewport();
  await expect(button(page, "To the newest")).toHaveCount(0);

  await button(page, "Pause captions").click();
  await expect(page.getByText("Paused. 0 new")).toBeVisible();
  await button(page, "Go on").click();
  await button(page, "Copy what was said").click();
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toBe(said.map((text) => `Ann: ${text}`).join("\n"));
});

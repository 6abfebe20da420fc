import { community } from "./harness/accounts.ts";
import { PHONE } from "./harness/people.ts";
import { button, comeIn, host } from "./harness/room.ts";
import { expect, test } from "./harness/test.ts";

declare global {
  interface Window {
    /** Reactions that rose in this page. */
    risen: string[];
  }
}

test.use({ motion: true });

/** Keeps what floats for four seconds only, however slow the machine is. Stands alone: it runs in the page. */
function watchFloats(): void {
  window.risen = [];
  const emoji = ["💜", "😂", "👏", "✋", "💯", "👋"];
  new MutationObserver((changes) => {
    for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
      const text = node.textContent ?? "";
      if (node instanceof HTMLSpanElement && emoji.includes(text)) window.risen.push(text);
    }
  }).observe(document.body, { childList: true, subtree: true });
}

test("each of the six reactions rises before everybody in the room, and is gone; who comes later sees none", async ({
  server,
  person,
}) => {
  const [ann, ben, cleo] = await community(server, "ann", "ben", "cleo");
  const [a, b] = [await person(server.address), await person(server.address, PHONE)];
  await host(a, ann, "Applause");
  await comeIn("Applause", [b, ben]);
  await expect(a.page.getByText("1 listening")).toBeVisible();
  for (const { page } of [a, b]) await page.evaluate(watchFloats);
  const risen = ({ page }: typeof a) => page.evaluate(() => [...new Set(window.risen)].sort());

  await button(b.page, "React").click();
  const six = ["💜", "😂", "👏", "✋", "💯", "👋"];
  for (const emoji of six) {
    // Five in a second are enough for anybody: what was too much rises before nobody else.
    await expect(async () => {
      await button(b.page, `React with ${emoji}`).click();
      await expect.poll(() => risen(a), { timeout: 3_000 }).toContain(emoji);
    }).toPass();
  }
  for (const visitor of [a, b]) await expect.poll(() => risen(visitor)).toEqual([...six].sort());
  const floating = a.page.locator(".layer > span");
  await expect(floating).toHaveCount(0);

  const c = await person(server.address);
  await comeIn("Applause", [c, cleo]);
  await expect(button(c.page, "Ann, Host, microphone off")).toBeVisible();
  await expect(c.page.locator(".layer > span")).toHaveCount(0);
});

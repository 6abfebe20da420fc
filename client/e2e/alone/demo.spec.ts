import { setTimeout as sleep } from "node:timers/promises";
import { loudest } from "../harness/sound.ts";
import { expect, test } from "../harness/test.ts";

test.use({ settings: { COOEE_DEMO: "1" } });

test("a visitor of the demo signs in with one tap, taps a purple bubble, and hears people", async ({
  server,
  person,
}) => {
  const { page, listen } = await person(server.address);
  await page.getByRole("button", { name: "Sign in as" }).last().click();
  const bubble = page.getByRole("button", { name: "Join Night radio" }).first();
  await expect(bubble).toBeVisible();

  let tapped = 0;
  const recording = await listen(async () => {
    await sleep(500);
    tapped = Date.now();
    await bubble.click();
    await sleep(4000);
  });
  const first = loudest(recording, "first");
  expect(first).toBeGreaterThan(tapped);
  expect(first).toBeLessThan(tapped + 4000);
});

import { community } from "../harness/accounts.ts";
import { PHONE } from "../harness/people.ts";
import { host, openMicrophone, openSpace } from "../harness/room.ts";
import { level } from "../harness/sound.ts";
import { expect, test } from "../harness/test.ts";

test("a guest hears the Space from its link, and nobody asks them for a microphone", async ({
  server,
  person,
}) => {
  const [ann] = await community(server, "ann");
  const a = await person(server.address, { microphone: "novel" });
  const space = await host(a, ann, "Open window");
  await openMicrophone(a.page);

  const guest = await person(server.address, PHONE);
  await openSpace(guest.page, server, space);
  await expect(guest.page.getByRole("link", { name: "Sign in to speak" })).toBeVisible();
  await expect(async () => {
    // Whoever comes by a link has not touched the page yet.
    const ask = guest.page.getByRole("button", { name: "Tap to hear" });
    if (await ask.isVisible()) await ask.click();
    expect(level(await guest.listen(() => guest.page.waitForTimeout(2000)))).toBeGreaterThan(-45);
  }).toPass({ timeout: 90_000 });
  await expect(a.page.getByText("1 listening")).toBeVisible();
  expect(await guest.page.evaluate(() => window.microphoneRequests)).toEqual([]);
});

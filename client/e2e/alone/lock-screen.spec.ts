/** What the machine around the page shows, and what it asks of the page. */
import { community } from "../harness/accounts.ts";
import { keepButtons, press, shown } from "../harness/lock-screen.ts";
import { PHONE } from "../harness/people.ts";
import { comeIn, host, openMicrophone } from "../harness/room.ts";
import { level } from "../harness/sound.ts";
import { expect, test } from "../harness/test.ts";

test("the lock screen says what one listens to; its buttons pause, go on and leave", async ({
  server,
  person,
}) => {
  const [ann, ben] = await community(server, "ann", "ben");
  const a = await person(server.address, { microphone: "novel" });
  const b = await person(server.address, { ...PHONE, before: keepButtons });
  await host(a, ann, "In the pocket");
  await openMicrophone(a.page);
  await comeIn("In the pocket", [b, ben]);
  const screen = () => b.page.evaluate(shown);
  const loudness = async () => level(await b.listen(() => b.page.waitForTimeout(2000)));
  await expect.poll(screen).toEqual({ title: "In the pocket", artist: "Ann", playbackState: "playing" });
  await expect.poll(loudness, { timeout: 30_000 }).toBeGreaterThan(-45);

  await b.page.evaluate(press, "pause");
  await expect(b.page.getByText("You paused the sound.")).toBeVisible();
  expect((await screen()).playbackState).toBe("paused");
  await expect.poll(loudness, { timeout: 30_000 }).toBeLessThan(-70);
  await b.page.getByRole("button", { name: "Listen on" }).click();
  await expect.poll(loudness, { timeout: 30_000 }).toBeGreaterThan(-45);
  await b.page.evaluate(press, "pause");
  await b.page.evaluate(press, "play");
  await expect(b.page.getByText("You paused the sound.")).toBeHidden();

  await b.page.evaluate(press, "stop");
  await expect(b.page.getByRole("heading", { name: "You left" })).toBeVisible();
  expect(await screen()).toEqual({ playbackState: "none" });
  expect(await b.page.evaluate(() => window.buttons.size)).toBe(0);
  await expect(a.page.getByText("Nobody is listening yet")).toBeVisible();
});

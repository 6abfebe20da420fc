/** One person at two browsers, who hears with both. */
import { setTimeout as sleep } from "node:timers/promises";
import { community } from "../harness/accounts.ts";
import { PHONE, type Visitor } from "../harness/people.ts";
import { button, comeIn, host, openMicrophone } from "../harness/room.ts";
import { level } from "../harness/sound.ts";
import { expect, test } from "../harness/test.ts";

test("whoever listens on two devices hears the Space on both and counts once; when one of them is gone the other goes on", async ({
  server,
  person,
}) => {
  const [ann, ben] = await community(server, "ann", "ben");
  const a = await person(server.address, { microphone: "novel" });
  const laptop = await person(server.address);
  const phone = await person(server.address, PHONE);
  await host(a, ann, "In two rooms");
  await openMicrophone(a.page);
  await comeIn("In two rooms", [laptop, ben], [phone, ben]);
  const loudness = (one: Visitor) => async () => level(await one.listen(() => sleep(2000)));
  const hears = (one: Visitor) =>
    expect.poll(loudness(one), { timeout: 60_000, intervals: [0] }).toBeGreaterThan(-45);
  const counted = async () => {
    await expect(a.page.getByText("1 listening")).toBeVisible();
    await expect(button(a.page, /^2 here$/u)).toBeVisible();
  };

  await Promise.all([hears(laptop), hears(phone)]);
  await counted();
  const together = await Promise.all([loudness(laptop)(), loudness(phone)()]);
  expect(Math.min(...together)).toBeGreaterThan(-45);

  await laptop.leave();
  await hears(phone);
  await counted();
});

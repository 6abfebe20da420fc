import { setTimeout as sleep } from "node:timers/promises";
import { community } from "../harness/accounts.ts";
import { signIn, tap } from "../harness/by-hand.ts";
import { WITHIN_FIREFOX } from "../harness/firefox.ts";
import { accept, closeMicrophone, comeHome, openMicrophone, startSpace } from "../harness/room.ts";
import { judge, type Recording, type Speech } from "../harness/sound.ts";
import { expect, test } from "../harness/test.ts";

test.use({ settings: WITHIN_FIREFOX });

async function expectHeard(recording: Recording, said: Speech, name: string): Promise<void> {
  const verdict = await judge(recording, said, name);
  expect(verdict.speaking_s).toBeGreaterThan(3);
  expect(verdict.intelligibility).toBeGreaterThanOrEqual(0.85);
  expect(verdict.longest_gap_s).toBeLessThanOrEqual(0.1);
}

test("Firefox listens, then asks, is accepted, unmutes and is heard", async ({ server, person, firefox }) => {
  const [ann, ben] = await community(server, "ann", "ben");
  const a = await person(server.address, { microphone: "novel" });
  const b = await firefox(`${server.address}/sign-in`, { microphone: "numbers" });
  await comeHome(a.page, ann);
  await startSpace(a.page, "Two browsers");
  await signIn(b, ben);
  await tap(b, "Join Two browsers");
  await openMicrophone(a.page);
  await sleep(3000);
  await expectHeard(await b.listen(() => sleep(10_000)), "novel", "firefox-hears");
  await tap(b, "Request to speak");
  await tap(b, "Send request");
  await accept(a.page, "Ben");
  await closeMicrophone(a.page);
  await tap(b, "Unmute microphone");
  await sleep(4000);
  await expectHeard(await a.listen(() => sleep(10_000)), "numbers", "firefox-is-heard");
});

import { setTimeout as sleep } from "node:timers/promises";
import {
  accept,
  askToSpeak,
  choose,
  closeMicrophone,
  comeIn,
  host,
  openMicrophone,
  three,
} from "../harness/room.ts";
import { judge, level, type Recording, type Speech } from "../harness/sound.ts";
import { expect, test } from "../harness/test.ts";

async function expectHeard(recording: Recording, said: Speech, name: string): Promise<void> {
  const verdict = await judge(recording, said, name);
  expect(verdict.speaking_s).toBeGreaterThan(3);
  expect(verdict.intelligibility).toBeGreaterThanOrEqual(0.85);
  expect(verdict.longest_gap_s).toBeLessThanOrEqual(0.1);
}

test("one hosts and speaks, one listens, one requests, is accepted, unmutes, and is heard by both", async ({
  server,
  person,
}) => {
  const [[a, ann], [b, ben], [c, cleo]] = await three(
    server,
    person,
    { microphone: "novel" },
    {},
    { microphone: "numbers" },
  );
  await host(a, ann, "Letters from the coast");
  await comeIn("Letters from the coast", [b, ben], [c, cleo]);

  await openMicrophone(a.page);
  await sleep(3000);
  await expectHeard(await b.listen(() => sleep(10_000)), "novel", "b-hears-a");

  await askToSpeak(c.page);
  await accept(a.page, "Cleo");
  await closeMicrophone(a.page);
  await openMicrophone(c.page);
  await sleep(3000);
  const [atA, atB] = await Promise.all([a.listen(() => sleep(10_000)), b.listen(() => sleep(10_000))]);
  await expectHeard(atA, "numbers", "a-hears-c");
  await expectHeard(atB, "numbers", "b-hears-c");
  expect(await b.page.evaluate(() => window.microphoneRequests)).toEqual([]);
});

/** A page that goes on sending whatever it is told. Runs inside it, and so stands alone. */
function neverFallSilent(): void {
  Object.defineProperty(MediaStreamTrack.prototype, "enabled", { get: () => true, set: () => {} });
  const replace = RTCRtpSender.prototype.replaceTrack;
  RTCRtpSender.prototype.replaceTrack = function (track) {
    return track === null ? Promise.resolve() : replace.call(this, track);
  };
  MediaStreamTrack.prototype.stop = () => {};
}

test("whom the host mutes is gone for everyone, although the page goes on sending; whom she removes is out", async ({
  server,
  person,
}) => {
  const [[a, ann], [b, ben], [c, cleo]] = await three(
    server,
    person,
    { microphone: "novel" },
    {},
    { microphone: "numbers", before: neverFallSilent },
  );
  await host(a, ann, "Order in the room");
  await comeIn("Order in the room", [b, ben], [c, cleo]);
  await askToSpeak(c.page);
  await accept(a.page, "Cleo");
  await openMicrophone(c.page);
  await sleep(2000);
  for (const ear of [a, b]) expect(level(await ear.listen(() => sleep(3000)))).toBeGreaterThan(-40);

  await choose(a.page, "Cleo");
  await a.page.getByRole("button", { name: "Mute", exact: true }).click();
  await expect(c.page.getByText("Muted by a host").first()).toBeVisible();
  await sleep(1000);
  for (const ear of [a, b]) expect(level(await ear.listen(() => sleep(3000)))).toBeLessThan(-70);

  await choose(a.page, "Cleo");
  await a.page.getByRole("button", { name: "Remove from this Space" }).click();
  await a.page.getByRole("dialog").getByRole("button", { name: "Remove from this Space" }).click();
  await expect(c.page.getByText("You were removed")).toBeVisible();
  const space = (await ann.ask<{ live_space: string }>("GET", "/people/ann")).live_space;
  await expect(cleo.join(space)).rejects.toThrow("403");
});

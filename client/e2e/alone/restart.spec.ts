import { setTimeout as sleep } from "node:timers/promises";
import { community } from "../harness/accounts.ts";
import type { Visitor } from "../harness/people.ts";
import { comeIn, host, openMicrophone } from "../harness/room.ts";
import { judge } from "../harness/sound.ts";
import { expect, type Rooms, test } from "../harness/test.ts";

/** Ann reads to Ben, who listens. */
async function reading({ server, person }: Pick<Rooms, "server" | "person">): Promise<[Visitor, Visitor]> {
  const [ann, ben] = await community(server, "ann", "ben");
  const a = await person(server.address, { microphone: "novel" });
  const b = await person(server.address);
  await host(a, ann, "Come what may");
  await comeIn("Come what may", [b, ben]);
  await openMicrophone(a.page);
  await sleep(2000);
  return [a, b];
}

test("after kill -9 both are back in the room by themselves, muted, and a tap is heard", async ({
  server,
  person,
}) => {
  const [a, b] = await reading({ server, person });

  await server.kill();
  await expect(b.page.getByText("Reconnecting").first()).toBeVisible();
  await server.start();
  await expect(a.page.getByRole("button", { name: /^Unmute microphone/ })).toBeVisible();
  await openMicrophone(a.page);
  await sleep(2000);

  const verdict = await judge(await b.listen(() => sleep(10_000)), "novel", "after-restart");
  expect(verdict.intelligibility).toBeGreaterThanOrEqual(0.85);
  expect(verdict.longest_gap_s).toBeLessThanOrEqual(0.1);
});

test("after a change of network both go on as they were: one restarts ICE, and no word is lost", async ({
  server,
  person,
}) => {
  const [a, b] = await reading({ server, person });

  const asked: string[] = [];
  for (const [who, { page }] of [["speaks", a] as const, ["listens", b] as const]) {
    page.on("response", (answer) => {
      const door = /\/(whip|whep)\//.exec(answer.url())?.[1];
      if (door) asked.push(`${who}: ${answer.request().method()} ${door} ${answer.status()}`);
    });
  }
  const heard = await b.listen(async () => {
    await sleep(3000);
    // What a browser says when it goes from one network to another.
    for (const { page } of [a, b]) await page.evaluate(() => void dispatchEvent(new Event("online")));
    await expect
      .poll(() => new Set(asked))
      .toEqual(new Set(["speaks: PATCH whip 200", "listens: PATCH whep 200"]));
    await sleep(7000);
  });

  expect(new Set(asked)).toEqual(new Set(["speaks: PATCH whip 200", "listens: PATCH whep 200"]));
  await expect(a.page.getByRole("button", { name: /^Mute microphone/ })).toBeVisible();
  const verdict = await judge(heard, "novel", "after-ice-restart");
  expect(verdict.intelligibility).toBeGreaterThanOrEqual(0.85);
  expect(verdict.longest_gap_s).toBeLessThanOrEqual(0.1);
});

import { setTimeout as sleep } from "node:timers/promises";
import { community } from "../harness/accounts.ts";
import { comeHome, joinBubble, openMicrophone, startSpace } from "../harness/room.ts";
import { judge } from "../harness/sound.ts";
import { expect, test } from "../harness/test.ts";

test("after kill -9 both are back in the room by themselves, muted, and a tap is heard", async ({
  server,
  person,
}) => {
  const [ann, ben] = await community(server, "ann", "ben");
  const a = await person(server.address, { microphone: "novel" });
  const b = await person(server.address);
  await comeHome(a.page, ann);
  await startSpace(a.page, "Come what may");
  await comeHome(b.page, ben);
  await joinBubble(b.page, "Come what may");
  await openMicrophone(a.page);
  await sleep(2000);

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

import { setTimeout as sleep } from "node:timers/promises";
import { community } from "../harness/accounts.ts";
import { comeIn, host, openMicrophone } from "../harness/room.ts";
import { judge } from "../harness/sound.ts";
import { expect, test } from "../harness/test.ts";

test("after kill -9 both are back in the room by themselves, muted, and a tap is heard", async ({
  server,
  person,
}) => {
  const [ann, ben] = await community(server, "ann", "ben");
  const a = await person(server.address, { microphone: "novel" });
  const b = await person(server.address);
  await host(a, ann, "Come what may");
  await comeIn("Come what may", [b, ben]);
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

/** Listening in another site's page. */
import { community } from "../harness/accounts.ts";
import { openBlog } from "../harness/blog.ts";
import { heardAt } from "../harness/ear.ts";
import { host, openMicrophone } from "../harness/room.ts";
import { level } from "../harness/sound.ts";
import { expect, test } from "../harness/test.ts";

test("the player in another site's page plays what is said, and falls silent when it is stopped", async ({
  server,
  person,
}) => {
  const [ann] = await community(server, "ann");
  const a = await person(server.address, { microphone: "novel" });
  const space = await host(a, ann, "Tea time");
  await openMicrophone(a.page);
  const blog = await openBlog(server, space);
  const { page } = await person(blog.address);
  const player = page.frameLocator("iframe");
  await player.getByRole("button", { name: "Listen" }).click();
  await expect(player.getByRole("status")).toHaveText("You are listening.");
  const [, frame] = page.frames();
  if (!frame) throw new Error("the page has no player");
  const heard = async () => level(await heardAt(frame, () => page.waitForTimeout(2000)));
  await expect(async () => expect(await heard()).toBeGreaterThan(-45)).toPass({ timeout: 90_000 });
  await player.getByRole("button", { name: "Stop" }).click();
  await expect(player.getByRole("button", { name: "Listen" })).toBeVisible();
  await expect(async () => expect(await heard()).toBeLessThan(-60)).toPass({ timeout: 30_000 });
  blog.close();
});

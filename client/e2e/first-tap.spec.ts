import { type Account, community } from "./harness/accounts.ts";
import { PHONE } from "./harness/people.ts";
import { openSpace } from "./harness/room.ts";
import { expect, test } from "./harness/test.ts";

declare global {
  interface Window {
    /** What became of each time that the page wanted to play something. */
    plays: string[];
  }
}

/**
 * Plays nothing before a tap or a key of the person's own, as browsers do. (Theirs cannot be used: to this browser each look
 * of a test into the page is a gesture.) Stands alone: it runs in the page before any of its own scripts.
 */
function wantTap(): void {
  window.plays = [];
  let tapped = false;
  for (const type of ["pointerdown", "keydown"] as const) {
    addEventListener(type, (event) => (tapped ||= event.isTrusted), true);
  }
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = async function (this: HTMLMediaElement) {
    if (!tapped) {
      window.plays.push("refused");
      throw new DOMException("The user did not interact with the document first.", "NotAllowedError");
    }
    await play.call(this);
    window.plays.push("plays");
  };
}

test("where a browser wants a tap before the first sound, the room asks for it, and the tap opens the sound", async ({
  server,
  person,
}) => {
  const [amara, bo] = (await community(server, "amara", "bo")) as [Account, Account];
  const space = await amara.startSpace("Tea");
  const { page } = await person(server.address, { ...PHONE, before: wantTap });
  await bo.signIn(page);
  await openSpace(page, server, space);
  const ask = page.getByRole("button", { name: "Tap to hear" });
  await expect(ask).toBeVisible();
  expect(await page.evaluate(() => window.plays)).toEqual(["refused"]);
  await ask.click();
  await expect(ask).toBeHidden();
  await expect.poll(() => page.evaluate(() => window.plays.at(-1))).toBe("plays");
});

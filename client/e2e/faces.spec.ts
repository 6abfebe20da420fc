/** From every face in a room two taps lead to a report and to a block; from those on the page afterwards, too. */
import type { Page } from "@playwright/test";
import { button, comeIn, host, three } from "./harness/room.ts";
import { expect, test } from "./harness/test.ts";

/** The first tap; the second is on what is to be done. */
type Tap = (page: Page) => Promise<void>;

async function twoTaps(page: Page, first: Tap, name: string): Promise<void> {
  for (const deed of ["Report", "Block"]) {
    await first(page);
    await page
      .getByRole("dialog")
      .getByRole("button", { name: `${deed} ${name}`, exact: true })
      .click();
    await expect(page.getByRole("dialog", { name: new RegExp(`^${deed} ${name}`, "u") })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  }
}

test("one reports or blocks in two taps: from the stage, the stack of faces, the queue, a message, a post, and afterwards", async ({
  server,
  person,
}) => {
  const [[a, ann], [b, ben], [c, cleo]] = await three(server, person);
  const space = await host(a, ann, "All kinds of people");
  await comeIn("All kinds of people", [b, ben], [c, cleo]);
  await expect(a.page.getByText("2 listening")).toBeVisible();

  await twoTaps(b.page, (page) => button(page, /^Ann, Host/u).click(), "Ann");
  await twoTaps(b.page, (page) => button(page, "2 listening").click(), "Cleo");
  await twoTaps(a.page, (page) => button(page, "2 listening").click(), "Ben");
  await cleo.ask("POST", `/spaces/${space}/requests`, { question: "May I?" });
  await twoTaps(a.page, (page) => button(page, "Cleo, who asks to speak").click(), "Cleo");
  await cleo.ask("POST", `/spaces/${space}/posts`, { text: "Read this" });
  await twoTaps(b.page, (page) => button(page, "Cleo, author of a post").click(), "Cleo");
  await cleo.ask("POST", `/spaces/${space}/messages`, { text: "Hello all" });
  const fromMessage: Tap = async (page) => {
    await button(page, /^Messages in the room/u).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cleo, author of a message" }).click();
  };
  // The messages are a sheet of their own, which is open when one reads them.
  await twoTaps(b.page, fromMessage, "Cleo");

  await ann.ask("POST", `/spaces/${space}/requests/${cleo.id}/accept`);
  await cleo.ask("PUT", `/spaces/${space}/me/microphone`, { muted: false });
  await ann.ask("POST", `/spaces/${space}/end`);
  await button(b.page, "About Cleo").click();
  await b.page.getByRole("menuitem", { name: "Report" }).click();
  const sheet = b.page.getByRole("dialog", { name: "Report Cleo" });
  await sheet.getByText("Spam or fraud").click();
  await sheet.getByRole("button", { name: "Send report" }).click();
  await expect(b.page.getByText("Thank you. The moderators will look at it.")).toBeVisible();
});

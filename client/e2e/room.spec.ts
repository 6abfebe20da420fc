/** What people in a room see of each other's deeds. */
import type { Page } from "@playwright/test";
import { community } from "./harness/accounts.ts";
import { PHONE } from "./harness/people.ts";
import { button, choose, comeIn, host, openMicrophone, openSpace, three } from "./harness/room.ts";
import { expect, test } from "./harness/test.ts";
import { expectTold } from "./harness/toasts.ts";

async function change(page: Page, what: string): Promise<void> {
  await button(page, "Room settings").click();
  await page.getByRole("switch", { name: what }).click();
  await button(page, "Save").click();
  await expect(button(page, "Save")).toBeHidden();
}

test("a locked room says so, keeps whoever is inside, and lets nobody new in until it is open again", async ({
  server,
  person,
}) => {
  const [[a, ann], [b, ben], [c, cleo]] = await three(server, person);
  await host(a, ann, "Among us");
  await comeIn("Among us", [b, ben]);
  await expect(b.page.getByText("1 listening")).toBeVisible();

  await change(a.page, "Lock the room");
  await expect(b.page.getByText("Locked")).toBeVisible();
  await cleo.signIn(c.page);
  await openSpace(c.page, server, await ann.space());
  await expect(c.page.getByRole("heading", { name: "You cannot come in" })).toBeVisible();
  await expect(c.page.getByText("nobody new can come in")).toBeVisible();
  await b.page.reload();
  await expect(b.page.getByRole("heading", { name: "Among us" })).toBeVisible();

  await change(a.page, "Lock the room");
  await button(c.page, "Try again").click();
  await expect(c.page.getByRole("heading", { name: "Among us" })).toBeVisible();
});

test.describe("with two seats", () => {
  test.use({ settings: { COOEE_SEATS: "2" } });

  test("on a full stage Speak becomes a request, and the host is told before accepting what stands in the way", async ({
    server,
    person,
  }) => {
    const [[a, ann], [b, ben], [c, cleo]] = await three(server, person, {}, {}, PHONE);
    await host(a, ann, "A small table");
    await ann.ask("PATCH", `/spaces/${await ann.space()}`, { policy: "everyone" });
    await comeIn("A small table", [b, ben], [c, cleo]);
    await button(b.page, "Speak").click();
    await expect(button(b.page, /^Unmute microphone/u)).toBeVisible();

    await button(c.page, "Request to speak").click();
    await button(c.page, "Send request").click();
    await expect(button(c.page, "You asked · place 1")).toBeVisible();
    await expect(a.page.getByText("All 2 seats on stage are taken.")).toBeVisible();
    await button(a.page, "Accept Cleo").click();
    await expectTold(a.page, "Try again when somebody steps down.");

    await button(b.page, "Microphone and sound").click();
    await button(b.page, "Step down").click();
    await expect(b.page.getByRole("button", { name: "Speak", exact: true })).toBeVisible();
    await button(a.page, "Accept Cleo").click();
    await expect(button(c.page, /^Unmute microphone/u)).toBeVisible();
  });
});

test("the host mutes everybody, and whom she asks opens the microphone again by a tap of their own", async ({
  server,
  person,
}) => {
  const [ann, ben] = await community(server, "ann", "ben");
  const [a, b] = [
    await person(server.address),
    await person(server.address, { ...PHONE, microphone: "numbers" }),
  ];
  const space = await host(a, ann, "One at a time");
  await comeIn("One at a time", [b, ben]);
  await ann.ask("POST", `/spaces/${space}/invitations/${ben.id}`);
  await button(b.page, "Come on stage").click();
  await openMicrophone(b.page);

  await button(a.page, "2 here").click();
  await button(a.page, "Mute all").click();
  await expect(b.page.getByRole("alert")).toContainText("A host has muted you");
  await button(b.page, /Muted by a host/u).click();
  await expect(b.page.getByRole("alert")).toContainText("your tap opens the microphone again");
  await a.page.keyboard.press("Escape");

  await choose(a.page, "Ben");
  await button(a.page, "Ask to unmute").click();
  await expect(b.page.getByText("Only your own tap opens your microphone.")).toBeVisible();
  await expect(button(b.page, /^Unmute microphone/u)).toBeVisible();
  await openMicrophone(b.page);
  await expect(button(a.page, "Ben, Speaker, microphone on")).toBeVisible();
});

test("an invitation to the stage is declined, and the host hears of it; the next one is accepted, in the dock too", async ({
  server,
  person,
}) => {
  const [ann, ben] = await community(server, "ann", "ben");
  const [a, b] = [await person(server.address), await person(server.address, PHONE)];
  await host(a, ann, "Come up");
  await comeIn("Come up", [b, ben]);

  const invite = async () => {
    await button(a.page, /1 listening/u).click();
    await button(a.page, /^Ben/u).click();
    await button(a.page, "Invite to speak").click();
  };
  await invite();
  await button(b.page, "Not now").click();
  await expectTold(a.page, "Ben does not want to speak now.");
  await button(b.page, "Fold the room").click();
  await invite();
  await button(b.page, "Open the room").filter({ hasText: "You are invited to speak" }).click();
  await button(b.page, "Come on stage").click();
  await expectTold(b.page, "You are on stage. Your microphone is off.");
  await expect(button(a.page, "Ben, Speaker, microphone off")).toBeVisible();

  await choose(a.page, "Ben");
  await button(a.page, "Move to the audience").click();
  await expectTold(b.page, "A host moved you to the audience.");
  await expect(button(b.page, "Request to speak")).toBeVisible();
});

test("whom the host removes reads so, and every way back is refused in words", async ({ server, person }) => {
  const [ann, ben] = await community(server, "ann", "ben");
  const [a, b] = [await person(server.address), await person(server.address, PHONE)];
  const space = await host(a, ann, "House rules");
  await comeIn("House rules", [b, ben]);
  await button(a.page, /1 listening/u).click();
  await button(a.page, /^Ben/u).click();
  await button(a.page, "Remove from this Space").click();
  await button(a.page, "Remove from this Space").click();

  await expect(b.page.getByRole("heading", { name: "You were removed" })).toBeFocused();
  await expect(button(b.page, "Join again")).toBeHidden();
  await button(b.page, "Back home").click();
  await expect(button(b.page, "Start a Space").first()).toBeVisible();
  await openSpace(b.page, server, space);
  await expect(b.page.getByText("A host removed you from this Space.")).toBeVisible();
});

test("the host ends it: everybody reads how it was, and who comes later that it is over", async ({
  server,
  person,
}) => {
  const [[a, ann], [b, ben], [c, cleo]] = await three(server, person);
  const space = await host(a, ann, "Good night");
  await comeIn("Good night", [b, ben]);
  await expect(a.page.getByText("1 listening")).toBeVisible();
  await a.page
    .getByRole("region", { name: "The Space you are in" })
    .getByRole("button", { name: "Leave" })
    .click();
  await button(a.page, "End Space").click();

  for (const { page } of [a, b]) {
    await expect(page.getByRole("heading", { name: "This Space is over" })).toBeVisible();
    await expect(page.getByText("What was said in it is gone.")).toBeVisible();
    await expect(page.getByText("People there").locator("..")).toContainText("2");
  }
  await cleo.signIn(c.page);
  await openSpace(c.page, server, space);
  await expect(c.page.getByRole("heading", { name: "This Space is over" })).toBeVisible();
});

test("the host vanishes: people see how long the Space goes on without her, until a co-host is there to take it over", async ({
  server,
  person,
}) => {
  const [[a, ann], [b, ben], [c, cleo]] = await three(server, person);
  const space = await host(a, ann, "Keep going");
  await comeIn("Keep going", [b, ben], [c, cleo]);
  await a.leave();
  // Half a minute until the server misses her, and another until the Space does.
  const patience = { timeout: 150_000 };
  await expect(
    c.page.getByText(/The host is away\. The Space ends in \d:\d\d unless they return/u),
  ).toBeVisible(patience);
  await ann.ask("PUT", `/spaces/${space}/cohosts/${ben.id}`);
  await button(b.page, "Come on stage").click();
  await expectTold(b.page, "You are the host now.", patience);
  await expect(c.page.getByText("The host is away")).toBeHidden();
  await expect(button(c.page, "Ben, Host, microphone off")).toBeVisible();
});

/** Guests by link, and what people see when the host is away. */
import { community } from "./harness/accounts.ts";
import { PHONE } from "./harness/people.ts";
import { button, comeHome, comeIn, host, openSpace, three } from "./harness/room.ts";
import { expect, test } from "./harness/test.ts";

test("a guest listens from the link, counted and not named, until the host switches guests off", async ({
  server,
  person,
}) => {
  const [ann] = await community(server, "ann");
  const { id } = await ann.ask<{ id: string }>("POST", "/spaces", { title: "By link", audience: "unlisted" });
  const [a, guest] = [await person(server.address), await person(`${server.address}/spaces/${id}`, PHONE)];
  await comeHome(a.page, ann);
  await openSpace(a.page, server, id);
  await expect(a.page.getByRole("button", { name: /^Unmute microphone/u })).toBeVisible();

  await expect(guest.page.getByRole("link", { name: "Sign in to speak" })).toBeVisible();
  for (const name of ["Request to speak", "Reactions", "Write a post"]) {
    await expect(guest.page.getByRole("button", { name })).toHaveCount(0);
  }
  await a.page.getByRole("button", { name: /^2 here$/u }).click();
  await expect(a.page.getByText("and 1 more")).toBeVisible();
  await a.page.keyboard.press("Escape");

  await a.page.getByRole("button", { name: "Room settings" }).click();
  await expect(a.page.getByText("Whom you removed or blocked could listen as a guest, too.")).toBeVisible();
  await a.page.getByRole("switch", { name: "Let guests listen" }).click();
  await a.page.getByRole("button", { name: "Save" }).click();
  await expect(guest.page.getByRole("heading", { name: "Guests can no longer listen" })).toBeFocused();
  await expect(guest.page.getByText("Sign in to listen.")).toBeVisible();
  await expect(guest.page.getByRole("link", { name: "Sign in to speak" })).toHaveCount(0);
  await expect(a.page.getByRole("button", { name: /^1 here$/u })).toBeVisible();
});

test("when the host vanishes people see who becomes host and when, and without a co-host when the Space ends", async ({
  server,
  person,
}) => {
  const [[a, ann], [b, ben], [c, cleo]] = await three(server, person, {}, {}, PHONE);
  const space = await host(a, ann, "Without a host");
  await comeIn("Without a host", [b, ben], [c, cleo]);
  await ann.ask("PUT", `/spaces/${space}/cohosts/${ben.id}`);
  await button(b.page, "Come on stage").click();
  await expect(button(c.page, "Ben, Co-host, microphone off")).toBeVisible();

  await a.leave();
  // The server misses her only when her connections are given up.
  const patience = { timeout: 120_000 };
  await expect(
    c.page.getByText(/The host is away\. Ben becomes host in 0:\d\d unless they return/u),
  ).toBeVisible(patience);
  await expect(b.page.getByText(/You become host in 0:\d\d unless they return/u)).toBeVisible();
  await expect(b.page.getByText("You are the host now.")).toBeVisible(patience);
  await expect(button(c.page, "Ben, Host, microphone off")).toBeVisible();
  await expect(c.page.getByText("becomes host")).toBeHidden();

  await ben.ask("POST", `/spaces/${space}/leave`);
  await expect(c.page.getByText(/The Space ends in 4:\d\d unless they return/u)).toBeVisible();
});

/** Browsers and the node die, in each state of a Space: what people see, and that nobody comes back unmuted. */
import type { Page } from "@playwright/test";
import { community } from "../harness/accounts.ts";
import { PHONE } from "../harness/people.ts";
import { askToSpeak, button, comeIn, host, onStage, openMicrophone, openSpace } from "../harness/room.ts";
import type { Server } from "../harness/server.ts";
import { expect, test } from "../harness/test.ts";

/** What dies without a word is missed after a while, and half a minute later its seat goes. */
const PATIENCE = { timeout: 150_000 };
const open = (page: Page) => button(page, /microphone on$/u);

/** The node dies and comes back; those at `pages` are in the room again. */
async function crash(server: Server, ...pages: Page[]): Promise<void> {
  await server.kill();
  for (const page of pages) await expect(page.getByText("Reconnecting").first()).toBeVisible();
  await server.start();
  for (const page of pages) await expect(page.getByText("Reconnecting")).toHaveCount(0, PATIENCE);
}

test("a co-host's browser dies in mid-speech: the microphone is off, the seat goes, and they come back as a listener", async ({
  server,
  person,
}) => {
  const [ann, ben] = await community(server, "ann", "ben");
  const a = await person(server.address);
  const b = await person(server.address, { ...PHONE, microphone: "numbers" });
  const space = await host(a, ann, "Sudden silence");
  await comeIn("Sudden silence", [b, ben]);
  await ann.ask("PUT", `/spaces/${space}/cohosts/${ben.id}`);
  await button(b.page, "Come on stage").click();
  await openMicrophone(b.page);
  await expect(button(a.page, "Ben, Co-host, microphone on")).toBeVisible();

  await b.leave();
  await expect(button(a.page, "Ben, Co-host, microphone off")).toBeVisible(PATIENCE);
  await expect(onStage(a.page)).toHaveCount(1, PATIENCE);
  await expect(button(a.page, /^Unmute microphone/u)).toBeVisible();
  const again = await person(server.address, PHONE);
  await ben.signIn(again.page);
  await openSpace(again.page, server, space);
  await expect(button(again.page, "Request to speak")).toBeVisible();
});

test("the host's browser is killed in mid-sentence: her microphone is off before she is back, and she is host again, muted", async ({
  server,
  person,
}) => {
  const [ann, ben] = await community(server, "ann", "ben");
  const a = await person(server.address, { microphone: "novel" });
  const b = await person(server.address, PHONE);
  const space = await host(a, ann, "Cut off");
  await comeIn("Cut off", [b, ben]);
  await openMicrophone(a.page);
  await expect(button(b.page, "Ann, Host, microphone on")).toBeVisible();

  await a.kill();
  const ends = b.page.getByText(/The Space ends in \d:\d\d unless they return/u);
  await expect(ends).toBeVisible(PATIENCE);
  await expect(open(b.page)).toHaveCount(0, PATIENCE);
  const again = await person(server.address, { microphone: "novel" });
  await ann.signIn(again.page);
  await openSpace(again.page, server, space);
  await expect(button(again.page, /^Unmute microphone/u)).toBeVisible(PATIENCE);
  await expect(ends).toBeHidden();
  await expect(button(b.page, "Ann, Host, microphone off")).toBeVisible();
  await openMicrophone(again.page);
  await expect(button(b.page, "Ann, Host, microphone on")).toBeVisible();
});

test("the node dies while a Space is recorded, one waits in the queue, one is invited and one is muted by the host: each of it stands", async ({
  server,
  person,
}) => {
  const [ann, ben, cleo, dan] = await community(server, "ann", "ben", "cleo", "dan");
  const a = await person(server.address);
  const b = await person(server.address, PHONE);
  const c = await person(server.address);
  const d = await person(server.address, { microphone: "numbers" });
  const space = await host(a, ann, "On the record");
  await comeIn("On the record", [b, ben], [c, cleo], [d, dan]);
  await ann.ask("PUT", `/spaces/${space}/recording`, { on: true });
  await expect(b.page.getByTitle("This Space is recorded")).toBeVisible();
  await ann.ask("POST", `/spaces/${space}/invitations/${dan.id}`);
  await button(d.page, "Come on stage").click();
  await openMicrophone(d.page);
  await ann.ask("POST", `/spaces/${space}/people/${dan.id}/mute`);
  const held = d.page.getByText("A host has muted you");
  await expect(held.first()).toBeVisible();
  await ann.ask("POST", `/spaces/${space}/invitations/${cleo.id}`);
  await askToSpeak(b.page);

  await crash(server, b.page, c.page);
  for (const { page } of [a, b, c, d])
    await expect(page.getByTitle("This Space is recorded")).toBeVisible(PATIENCE);
  await expect(b.page.getByText("You asked · place 1").first()).toBeVisible();
  await expect(button(a.page, "Accept Ben")).toBeVisible();
  await expect(held.first()).toBeVisible(PATIENCE);
  await expect(button(a.page, "Dan, Speaker, muted by a host")).toBeVisible();
  await button(c.page, "Come on stage").click();
  await expect(button(c.page, /^Unmute microphone/u)).toBeVisible();
  await expect(open(a.page)).toHaveCount(0);
});

test("the node dies while a Space is announced, canceled, live, locked and over: all of it is there again, and everybody is muted", async ({
  server,
  person,
}) => {
  const [ann, ben, cleo, dan] = await community(server, "ann", "ben", "cleo", "dan");
  const a = await person(server.address, { microphone: "novel" });
  const b = await person(server.address, { microphone: "numbers" });
  const c = await person(server.address, PHONE);
  const d = await person(server.address);
  const space = await host(a, ann, "Whatever comes");
  await comeIn("Whatever comes", [b, ben], [c, cleo]);
  await ann.ask("PUT", `/spaces/${space}/cohosts/${ben.id}`);
  await button(b.page, "Come on stage").click();
  await openMicrophone(a.page);
  await openMicrophone(b.page);
  await expect(open(c.page)).toHaveCount(2);
  const scheduled_start = new Date(Date.now() + 86_400_000).toISOString();
  const ahead = { title: "Tomorrow", scheduled_start, zone: "UTC" };
  const { id } = await dan.ask<{ id: string }>("POST", "/spaces", ahead);
  const never = await dan.ask<{ id: string }>("POST", "/spaces", { ...ahead, title: "Not at all" });
  await dan.ask("POST", `/spaces/${never.id}/cancel`);
  await dan.signIn(d.page);

  await crash(server, c.page);
  for (const { page } of [a, b]) await expect(button(page, /^Unmute microphone/u)).toBeVisible(PATIENCE);
  await expect(button(c.page, "Ann, Host, microphone off")).toBeVisible();
  await expect(button(c.page, "Ben, Co-host, microphone off")).toBeVisible();
  await openSpace(d.page, server, never.id);
  await expect(d.page.getByText("Canceled").first()).toBeVisible();
  await expect(button(d.page, "Start now")).toHaveCount(0);
  await openSpace(d.page, server, id);
  await expect(d.page.getByRole("heading", { name: "Tomorrow" }).first()).toBeVisible();
  await expect(button(d.page, "Start now").first()).toBeVisible();

  await openMicrophone(a.page);
  await ann.ask("PATCH", `/spaces/${space}`, { locked: true });
  await expect(c.page.getByText("Locked")).toBeVisible();
  await expect(open(c.page)).toHaveCount(1);
  await crash(server, c.page);
  await expect(button(a.page, /^Unmute microphone/u)).toBeVisible(PATIENCE);
  await expect(c.page.getByText("Locked")).toBeVisible();
  await expect(button(c.page, "Request to speak")).toBeVisible();
  await expect(open(c.page)).toHaveCount(0);
  await openSpace(d.page, server, space);
  await expect(d.page.getByText("nobody new can come in")).toBeVisible();

  await ann.ask("POST", `/spaces/${space}/end`);
  await expect(c.page.getByRole("heading", { name: "This Space is over" })).toBeVisible();
  await server.kill();
  await server.start();
  await openSpace(c.page, server, space);
  await expect(c.page.getByRole("heading", { name: "This Space is over" })).toBeVisible();
  await expect(c.page.getByText("People there").locator("..")).toContainText("3");
});

test("the node dies while the host is away: the countdown begins anew, a co-host becomes host, muted, and the host comes back", async ({
  server,
  person,
}) => {
  test.setTimeout(480_000);
  const [ann, ben, cleo] = await community(server, "ann", "ben", "cleo");
  const a = await person(server.address);
  const b = await person(server.address, { microphone: "numbers" });
  const c = await person(server.address, PHONE);
  const space = await host(a, ann, "The show goes on");
  await comeIn("The show goes on", [b, ben], [c, cleo]);
  await ann.ask("PUT", `/spaces/${space}/cohosts/${ben.id}`);
  await button(b.page, "Come on stage").click();
  await openMicrophone(b.page);
  await a.leave();
  await expect(c.page.getByText(/Ben becomes host in 0:\d\d/u)).toBeVisible(PATIENCE);
  await crash(server, c.page);
  await expect(button(c.page, "Ben, Host, microphone off")).toBeVisible(PATIENCE);
  await expect(button(b.page, /^Unmute microphone/u)).toBeVisible(PATIENCE);

  await ben.ask("POST", `/spaces/${space}/leave`);
  const ends = c.page.getByText(/The Space ends in \d:\d\d unless they return/u);
  await expect(ends).toBeVisible();
  await crash(server, c.page);
  await expect(ends).toBeVisible(PATIENCE);
  const again = await person(server.address);
  await ann.signIn(again.page);
  await openSpace(again.page, server, space);
  await expect(button(again.page, /^Unmute microphone/u)).toBeVisible(PATIENCE);
  await expect(button(c.page, "Ann, Host, microphone off")).toBeVisible();
  await expect(ends).toBeHidden();
  await expect(open(c.page)).toHaveCount(0);
});

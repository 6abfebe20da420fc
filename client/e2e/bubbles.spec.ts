/** The purple bubbles above the timeline: live, with a look before one joins. */
import { community } from "./harness/accounts.ts";
import { PHONE } from "./harness/people.ts";
import { button, comeHome } from "./harness/room.ts";
import { expect, test } from "./harness/test.ts";

for (const [size, equipment] of [
  ["a phone", PHONE],
  ["a desk", { viewport: { width: 1280, height: 860 } }],
] as const) {
  test(`a bubble comes when somebody one follows goes live, shows who is there, joins with a tap, and goes, at ${size}`, async ({
    server,
    person,
  }) => {
    const [ann, ben, cleo] = await community(server, "ann", "ben", "cleo");
    const { page } = await person(server.address, equipment);
    await comeHome(page, ben);
    const bubble = button(page, /^Join Night radio/u);
    await expect(bubble).toHaveCount(0);
    const { id } = await ann.ask<{ id: string }>("POST", "/spaces", {
      title: "Night radio",
      topics: ["Tides"],
      policy: "everyone",
    });
    await expect(bubble).toHaveCount(1);
    await cleo.join(id);
    await cleo.ask("POST", `/spaces/${id}/requests`, {});
    const look = button(page, /in Night radio: who is there/u);
    await expect(look).toContainText("2");
    await look.click();
    const sheet = page.getByRole("dialog");
    for (const words of ["Night radio", "Tides", "Ann", "Cleo"]) await expect(sheet).toContainText(words);
    await page.keyboard.press("Escape");
    await expect(sheet).toHaveCount(0);

    await bubble.click();
    await expect(page.getByRole("heading", { name: "Night radio" }).first()).toBeVisible();
    await expect(button(page, /^Speak$/u)).toBeVisible();
    await button(page, "Fold the room").click();
    await ann.ask("POST", `/spaces/${id}/end`);
    await expect(page.getByRole("heading", { name: "This Space is over" })).toBeVisible();
    await expect(bubble).toHaveCount(0);
  });
}

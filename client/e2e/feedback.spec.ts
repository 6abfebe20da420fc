import { type Account, administrator, community } from "./harness/accounts.ts";
import { button, openSpace } from "./harness/room.ts";
import { expect, test } from "./harness/test.ts";

const SIZES = {
  "a phone": { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  "a desk": { viewport: { width: 1280, height: 860 } },
};

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`after a Space one sees how it was, says so in one tap, and its host reads the log, at ${size}`, async ({
    server,
    person,
  }) => {
    const [amara, bo] = (await community(server, "amara", "bo")) as [Account, Account];
    const space = await amara.startSpace("Tea");
    const { page: host } = await person(server.address, equipment);
    await amara.signIn(host);
    await openSpace(host, server, space);
    const { page: listener } = await person(server.address, equipment);
    await bo.signIn(listener);
    await openSpace(listener, server, space);
    await expect(listener.getByRole("button", { name: /^Request|^Speak/u })).toBeVisible();
    await amara.ask("PATCH", `/spaces/${space}`, { locked: true });

    await host.getByRole("button", { name: "Room settings" }).click();
    await host.getByRole("button", { name: "What the hosts did" }).click();
    const log = host.getByRole("dialog", { name: "What the hosts did" });
    await expect(log.getByRole("listitem")).toHaveText([/Locked the room\s*Amara/u]);
    await host.keyboard.press("Escape");
    await expect(log).toBeHidden();

    await amara.ask("POST", `/spaces/${space}/end`);
    await expect(listener.getByRole("heading", { name: "This Space is over" })).toBeVisible();
    await expect(listener.getByText("People there")).toBeVisible();
    await expect(listener.getByText("What was said in it is gone.")).toBeVisible();
    await listener.getByRole("button", { name: "4 of 5: Good" }).click();
    await expect(listener.getByText("Thank you.")).toBeVisible();
    await listener.getByLabel("Anything about the sound or the people?").fill("Crisp.");
    await listener.getByRole("button", { name: "Send" }).click();
    await expect(listener.getByRole("button", { name: "Send" })).toBeHidden();

    await openSpace(listener, server, space);
    await expect(listener.getByRole("button", { name: "4 of 5: Good" })).toHaveAttribute(
      "aria-pressed",
      "true",
    );
    await expect(listener.getByLabel("Anything about the sound or the people?")).toHaveValue("Crisp.");

    await host.getByRole("button", { name: "What the hosts did" }).click();
    await expect(log.getByRole("listitem").first()).toContainText("The Space ended");
  });
}

test("of a Space that was recorded nobody reads that it is gone: its replay is being made, and at hand when it is there", async ({
  server,
  signedIn,
}) => {
  const [amara] = await community(server, "amara");
  const space = await amara.startSpace("Tea");
  await amara.ask("PUT", `/spaces/${space}/recording`, { on: true });
  await amara.ask("PUT", `/spaces/${space}/recording`, { on: false });
  // She comes when REC is off again.
  const page = await signedIn(amara, `/spaces/${space}`, SIZES["a phone"]);
  let made = () => {};
  const making = new Promise<void>((resolve) => {
    made = resolve;
  });
  await page.route(`**/api/v1/spaces/${space}/replay?*`, async (route) => {
    await making;
    await route.fulfill({ json: {} });
  });
  // Whoever leaves while the room is still coming is not asked.
  await expect(button(page, /^Unmute microphone/u)).toBeEnabled();
  await page.getByRole("button", { name: "Leave" }).click();
  await expect(page.getByText("What was recorded becomes a replay.")).toBeVisible();
  await page.getByRole("button", { name: "End Space" }).click();
  await expect(page.getByRole("heading", { name: "This Space is over" })).toBeVisible();
  await expect(page.getByText("The replay is being made")).toBeVisible();
  await expect(page.getByText("What was said in it is gone.")).toHaveCount(0);
  made();
  await expect(page.getByRole("button", { name: "Play the replay" })).toBeVisible();
  await expect(page.getByText("What was said in it is gone.")).toHaveCount(0);
});

test("one tells the operator how it is here, who reads it beside what was said after Spaces and how it sounded", async ({
  server,
  person,
}) => {
  const [amara, bo] = (await community(server, "amara", "bo")) as [Account, Account];
  const ada = await administrator(server, "ada");
  const space = await amara.startSpace("Tea");
  const { page } = await person(server.address, SIZES["a phone"]);
  await bo.signIn(page);
  await openSpace(page, server, space);
  await expect(page.getByRole("button", { name: /^Request|^Speak/u })).toBeVisible();
  await amara.ask("POST", `/spaces/${space}/end`);
  await page.getByRole("button", { name: "2 of 5: Poor" }).click();
  await expect(page.getByText("Thank you.")).toBeVisible();

  await page.goto(`${server.address}/settings`);
  await page.getByRole("link", { name: /^Tell us/u }).click();
  await page.getByLabel("In your words").fill("More tea, please.");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByLabel("In your words")).toHaveValue("");

  const { page: desk } = await person(server.address, SIZES["a desk"]);
  await ada.signIn(desk);
  await desk.goto(`${server.address}/settings/feedback`);
  const lines = desk.getByRole("main").getByRole("listitem").filter({ hasText: "Bo" });
  await expect(lines).toHaveText([/Bo.*2 of 5: Poor.*Tea/su]);
  await expect(desk.getByText("2 of 5 on average")).toBeVisible();
  await desk.getByText("Tell us", { exact: true }).click();
  await expect(lines).toHaveText([/More tea, please\./u]);
});

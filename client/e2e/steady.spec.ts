import { type Account, community } from "./harness/accounts.ts";
import { goAway, listen, rise, sit } from "./harness/crowd.ts";
import { DESK, PHONE } from "./harness/people.ts";
import { button, onStage, openSpace } from "./harness/room.ts";
import { expect, test } from "./harness/test.ts";

declare global {
  interface Window {
    /** What moved without the person's doing, as the browser counts it. */
    shifts: string[];
    /** How much all of it was together, also what is too little to be one of them. */
    shifted: number;
  }
}

/** Stands alone: it runs in the page. */
async function watchShifts(): Promise<void> {
  await document.fonts.ready;
  window.shifts = [];
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & {
      value: number;
      hadRecentInput: boolean;
      sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[];
    })[]) {
      const moved = entry.sources.map(({ node, previousRect: from, currentRect: to }) => {
        const element = node instanceof Element ? node : node?.parentElement;
        return `${element?.outerHTML.slice(0, 120)} from ${from.x},${from.y} to ${to.x},${to.y}`;
      });
      if (!entry.hadRecentInput) window.shifted += entry.value;
      // Zero to three digits, as it is measured elsewhere: less is a letter that grew.
      if (!entry.hadRecentInput && entry.value >= 0.0005)
        window.shifts.push(`${entry.value.toFixed(5)} ${moved.join(" | ")}`);
    }
  }).observe({ type: "layout-shift" });
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const overlap = (one: Box, other: Box): boolean =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height;

// What comes and goes does so by motion, and the light browser keeps a socket open that is offline.
test.use({ settings: { COOEE_JOIN_ADDRESS_LIMIT: "" }, light: false, motion: true });

for (const [size, equipment, watches] of [
  ["a phone", PHONE, "bo"],
  ["a desk", DESK, "amara"],
] as const) {
  test(`nothing on the page moves when people come to listen, take all 13 seats, leave, ask and post, and when one's own network fails: ${watches} at ${size}`, async ({
    server,
    person,
  }) => {
    const [amara, bo, ...others] = (await community(
      server,
      "amara",
      "bo",
      ...Array.from({ length: 12 }, (_, number) => `guest${number}`),
    )) as [Account, Account, ...Account[]];
    const [first, second, third, fourth] = others as [Account, Account, Account, Account];
    const space = await amara.startSpace("Tea");
    const { page } = await person(server.address, equipment);
    const { page: elsewhere } = await person(server.address);
    await (watches === "bo" ? bo : amara).signIn(page);
    await openSpace(page, server, space);
    if (watches === "amara") await listen(elsewhere, bo, space);
    await expect(onStage(page)).toHaveCount(1);
    await expect(page.getByText("1 listening")).toBeVisible();
    const posts = page.getByRole("log", { name: "Posts in the room" });
    await expect(page.getByText("What people on stage post")).toBeVisible();
    if (watches === "bo") await expect(button(page, /^Join Tea/u)).toHaveCount(1);
    await expect(page.getByText("Connecting", { exact: false })).toHaveCount(0);
    await page.evaluate(watchShifts);

    await amara.ask("POST", `/spaces/${space}/posts`, { text: "The slides" });
    await expect(posts).toContainText("The slides");
    for (const guest of [first, second, third, fourth]) await listen(elsewhere, guest, space);
    await expect(page.getByText("5 listening")).toBeVisible();
    await goAway(elsewhere, second);
    await expect(page.getByText("4 listening")).toBeVisible();

    for (const [index, guest] of others.entries()) {
      await sit(elsewhere, guest, space);
      await expect(onStage(page)).toHaveCount(2 + index);
    }
    for (const [index, guest] of [third, first, others.at(-1) as Account].entries()) {
      await rise(guest, space);
      await expect(onStage(page)).toHaveCount(12 - index);
    }
    await sit(elsewhere, first, space);
    await expect(onStage(page)).toHaveCount(11);

    await amara.ask("PATCH", `/spaces/${space}`, { policy: "invited" });
    await sit(elsewhere, third, space);
    if (watches === "amara") await expect(button(page, "Accept Guest2")).toBeVisible();
    await amara.ask("POST", `/spaces/${space}/requests/${third.id}/accept`);
    await expect(onStage(page)).toHaveCount(12);

    for (const text of ["The recipe", "A second cup", "The last biscuit"]) {
      await amara.ask("POST", `/spaces/${space}/posts`, { text });
      await expect(posts).toContainText(text);
    }
    await page.context().setOffline(true);
    await expect(page.getByText(/^Reconnecting/u).first()).toBeVisible();
    await page.context().setOffline(false);
    await expect(page.getByText(/^Reconnecting/u)).toHaveCount(0);
    expect(await page.evaluate(() => window.shifts)).toEqual([]);
    expect(await page.evaluate(() => window.shifted), "all of it together").toBeLessThan(0.001);
  });
}

test("what one's own microphone has to say moves nothing either, and stands by the stage", async ({
  server,
  person,
}) => {
  const [amara] = await community(server, "amara");
  const space = await amara.startSpace("Tea");
  const { page } = await person(server.address, PHONE);
  await amara.signIn(page);
  await openSpace(page, server, space);
  const closed = button(page, /^Unmute microphone/u);
  await expect(closed).not.toHaveAttribute("aria-disabled", "true");
  await expect(page.getByText("Connecting", { exact: false })).toHaveCount(0);
  const places = () =>
    Promise.all(
      [onStage(page), page.getByRole("heading", { name: "Posts in the room" }), closed].map((one) =>
        one.boundingBox(),
      ),
    );
  const before = await places();
  // There is no microphone at this browser.
  await closed.click();
  await expect(page.getByRole("alert")).toBeVisible();
  expect(await places()).toEqual(before);
});
test("whoever points at a post is not scrolled away from it: what is new waits behind a button", async ({
  server,
  person,
}) => {
  const [amara] = await community(server, "amara");
  const space = await amara.startSpace("Tea");
  const say = (text: string) => amara.ask("POST", `/spaces/${space}/posts`, { text });
  for (const text of ["One", "Two", "Three", "Four"]) await say(text);
  const { page } = await person(server.address, DESK);
  await amara.signIn(page);
  await openSpace(page, server, space);
  const posts = page.getByRole("log", { name: "Posts in the room" }).getByRole("article");
  await expect(posts).toHaveCount(4);
  await posts.last().hover();
  const before = await posts.last().boundingBox();
  await say("Five");
  await say("Six");
  await expect(button(page, "2 new posts")).toBeVisible();
  expect(await posts.nth(3).boundingBox()).toEqual(before);
  await button(page, "2 new posts").click();
  await expect(button(page, "2 new posts")).toHaveCount(0);
  await expect(posts.last()).toBeInViewport();
});

for (const [size, equipment] of [
  ["a phone", PHONE],
  ["a desk", DESK],
] as const) {
  test(`that one is offline is said where it lies on no head and on no foot of the page, at ${size}`, async ({
    server,
    signedIn,
  }) => {
    const [amara] = await community(server, "amara");
    const space = await amara.startSpace("Tea");
    const page = await signedIn(amara, `/spaces/${space}`, equipment);
    await expect(onStage(page)).toHaveCount(1);
    await button(page, "Fold the room").click();
    const bar = page.getByRole("region", { name: "The Space you are in" });
    await expect(button(page, "Open the room")).toBeVisible();
    await page.context().setOffline(true);
    const said = page.getByText("You are offline.");
    await expect(said).toBeVisible();
    const box = (await said.boundingBox()) as Box;
    const others = page.locator("body :is(header, nav, h1)").filter({ visible: true });
    const boxes = await Promise.all([bar, ...(await others.all())].map((one) => one.boundingBox()));
    expect(boxes.length).toBeGreaterThan(1);
    for (const other of boxes) expect(overlap(box, other as Box), JSON.stringify([box, other])).toBe(false);
  });
}

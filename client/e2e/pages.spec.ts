import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { community } from "./harness/accounts.ts";
import { PHONE, SIZES } from "./harness/people.ts";
import { ROOT } from "./harness/sound.ts";
import { expect, test } from "./harness/test.ts";

/** A picture of one red pixel, as PNG. */
const RED = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC",
  "base64",
);

/** As PNG: red on the left, blue on the right, twice as wide as high. */
const RED_AND_BLUE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAFAAAAAoCAIAAADmAupWAAAARElEQVR42u3PsQ0AAAzCMP5/mn5RFkvZI6fJpNG2AQYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYG/u0AiOx0Nd5R9e8AAAAASUVORK5CYII=",
  "base64",
);

/** What the page complained of while it was open, but for the answers that it asked for in vain. */
function complaints(page: Page): string[] {
  const heard: string[] = [];
  page.on("pageerror", (error) => heard.push(error.message));
  page.on("console", (line) => {
    if (line.type() === "error" && !line.text().startsWith("Failed to load resource"))
      heard.push(line.text());
  });
  return heard;
}

async function signUp(page: Page, name: string): Promise<void> {
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Username").fill(name.toLowerCase());
  await page.getByLabel("Password").fill("a long enough password");
  await page.getByRole("button", { name: "Create account" }).click();
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`a newcomer signs up, writes, shows a face and signs out, at ${size}`, async ({ server, person }) => {
    const { page } = await person(`${server.address}/sign-up`, { ...equipment, bypassCSP: false });
    const heard = complaints(page);
    await signUp(page, "Nadia");

    await page.getByLabel("What would you like to say?").fill("Good evening, everybody");
    await page.getByRole("button", { name: "Post", exact: true }).click();
    await expect(page.getByRole("article").first()).toContainText("Good evening, everybody");

    await page.getByRole("link", { name: "Profile" }).click();
    await page.getByRole("button", { name: "Edit profile" }).click();
    const files = page.getByLabel("Choose a picture", { exact: true }).and(page.locator("input"));
    await files.setInputFiles({ name: "me.png", mimeType: "image/png", buffer: RED });
    await page.getByRole("button", { name: "Use this picture" }).click();
    await expect(page.getByRole("button", { name: "Remove picture" })).toBeVisible();
    await page.getByLabel("About you").fill("I collect evenings.");
    await page.getByLabel("Language").selectOption("Spanish");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("main")).toContainText("I collect evenings.");
    await page.getByRole("button", { name: "Edit profile" }).click();
    await expect(page.getByLabel("Language")).toHaveValue("es");
    await page.keyboard.press("Escape");

    await page.getByRole("link", { name: "Settings" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
    expect(heard).toEqual([]);
  });
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`somebody says which part of a picture shows, and goes without one again, at ${size}`, async ({
    server,
    person,
  }) => {
    const [amara] = await community(server, "amara");
    const { page } = await person(server.address, equipment);
    await amara.signIn(page);
    await page.goto(`${server.address}/people/amara`);
    await page.getByRole("button", { name: "Edit profile" }).click();
    const files = page.getByLabel("Choose a picture", { exact: true }).and(page.locator("input"));
    const sheet = page.getByRole("dialog");
    const remove = sheet.getByRole("button", { name: "Remove picture" });
    const wide = { name: "me.png", mimeType: "image/png", buffer: RED_AND_BLUE };

    await files.setInputFiles(wide);
    await sheet.getByRole("button", { name: "Cancel" }).click();
    await expect(remove).toBeHidden();
    await files.setInputFiles(wide);
    const frame = sheet.getByRole("application", { name: "Your picture" });
    // What is left of the middle comes into sight: red only.
    await frame.focus();
    for (let presses = 0; presses < 12; presses++) await page.keyboard.press("ArrowLeft");
    await sheet.getByRole("slider", { name: "Closer" }).fill("2");
    await sheet.getByRole("button", { name: "Use this picture" }).click();
    await expect(remove).toBeVisible();
    const { picture_url } = await amara.ask<{ picture_url: string }>("GET", "/people/amara");
    const colours = await page.evaluate(async (url) => {
      const picture = await createImageBitmap(await (await fetch(url)).blob());
      const canvas = new OffscreenCanvas(picture.width, picture.height);
      const context = canvas.getContext("2d");
      context?.drawImage(picture, 0, 0);
      const far = picture.width - 8;
      return [8, far].map((x) => [...(context?.getImageData(x, 20, 1, 1).data ?? [])]);
    }, picture_url);
    for (const [red = 0, , blue = 255] of colours) {
      expect(red).toBeGreaterThan(200);
      expect(blue).toBeLessThan(60);
    }
    await remove.click();
    await expect(remove).toBeHidden();
    expect((await amara.ask<{ picture_url: string | null }>("GET", "/me")).picture_url).toBeNull();
  });
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`a refusal is told where it belongs, in words that help, at ${size}`, async ({ server, person }) => {
    await community(server, "amara");
    const { page } = await person(`${server.address}/sign-up`, equipment);
    await signUp(page, "Amara");
    await expect(page.getByLabel("Username")).toHaveAccessibleDescription(/Somebody else has this username/u);
    await page.getByLabel("Username").fill("amara2");
    await page.getByLabel("Password").fill("12345678");
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByLabel("Password")).toHaveAccessibleDescription(/guessed too easily/u);

    await page.getByRole("link", { name: "Sign in", exact: true }).click();
    // Both pages have these fields.
    await expect(page.getByRole("button", { name: "Create account" })).toHaveCount(0);
    await page.getByLabel("Username").fill("amara");
    await page.getByLabel("Password").fill("not her password");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByRole("alert")).toContainText("do not belong together");
  });
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`following somebody brings their posts home, and unfollowing takes them away, at ${size}`, async ({
    server,
    person,
  }) => {
    const [amara, dov] = await community(server, "amara", "dov");
    await amara.ask("POST", "/posts", { text: "The kettle is on" });
    await dov.ask("DELETE", `/people/${amara.id}/follow`);
    const { page } = await person(server.address, equipment);
    await dov.signIn(page);

    await page.goto(`${server.address}/people`);
    await page.getByRole("button", { name: "Follow Amara" }).first().click();
    await page.getByRole("link", { name: "Home" }).first().click();
    await expect(page.getByRole("article")).toContainText("The kettle is on");

    await page.getByRole("article").getByRole("link", { name: "Amara" }).click();
    await page
      .getByRole("main")
      .getByRole("button", { name: /Following Amara/u })
      .click();
    await expect(page.getByRole("main")).toContainText("0 followers");
    await page.getByRole("link", { name: "Home" }).first().click();
    await expect(page.getByRole("main")).toContainText("A quiet timeline");
  });
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`back finds the timeline as it was left, at ${size}`, async ({ server, signedIn }) => {
    const [amara] = await community(server, "amara");
    for (let post = 1; post <= 20; post++) await amara.ask("POST", "/posts", { text: `Thought ${post}` });
    const page = await signedIn(amara, "/", equipment);

    const third = page.getByRole("article").filter({ has: page.getByText("Thought 3", { exact: true }) });
    await third.scrollIntoViewIfNeeded();
    const before = await page.evaluate(() => scrollY);
    expect(before).toBeGreaterThan(200);
    await third.getByRole("link", { name: "Amara" }).click();
    await expect(page.getByRole("button", { name: "Edit profile" })).toBeVisible();
    await page.goBack();
    await expect.poll(() => page.evaluate(() => scrollY)).toBe(before);
  });
}

test("on a phone, back folds the room and stays on the page", async ({ server, person }) => {
  const [amara, dov] = await community(server, "amara", "dov");
  await amara.startSpace("Night radio");
  const { page } = await person(server.address, PHONE);
  await dov.signIn(page);
  await page.goto(server.address);

  await page.getByRole("button", { name: /^Join Night radio/u }).click();
  const room = page.getByRole("region", { name: "The Space you are in" });
  await expect(room.getByRole("heading", { name: "Night radio" })).toBeVisible();
  const covered = page.getByRole("link", { name: "Discover" }).click({ trial: true, timeout: 1000 });
  await expect(covered).rejects.toThrow();
  await page.goBack();
  await page.getByRole("link", { name: "Discover" }).click({ trial: true });
  await expect(room).toContainText("Night radio");

  await page.getByRole("link", { name: "Discover" }).click();
  await expect(page.getByRole("heading", { name: "Discover" })).toBeVisible();
  await expect(room).toContainText("Night radio");
});

test("on a phone five ways stand under the thumb, and one's own face leads to the rest", async ({
  server,
  person,
}) => {
  const [amara] = await community(server, "amara");
  const { page } = await person(server.address, PHONE);
  await amara.signIn(page);
  await page.goto(server.address);
  await expect(page.getByRole("navigation", { name: "Main" }).getByRole("link")).toHaveCount(5);
  await page.getByRole("link", { name: "Profile" }).click();
  await page.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();
});

test("what was chosen in the settings outlives a reload", async ({ server, person }) => {
  const [amara] = await community(server, "amara");
  const { page } = await person(server.address, { colorScheme: "light", bypassCSP: false });
  await amara.signIn(page);
  await page.goto(`${server.address}/settings`);
  await page.getByText("Dark", { exact: true }).click();
  await page.getByRole("switch", { name: "High contrast" }).click();
  await page.getByRole("switch", { name: "Single-key shortcuts" }).click();
  await page.reload();

  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.locator("html")).toHaveAttribute("data-contrast", "more");
  await page.getByRole("heading", { name: "Settings" }).waitFor();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toBeHidden();
});

test("without a network the kept page says so, and goes on by itself afterwards", async ({
  server,
  person,
}) => {
  const [amara] = await community(server, "amara");
  const { page } = await person(server.address, { bypassCSP: false });
  await amara.signIn(page);
  await page.goto(server.address);
  await page.evaluate(() => navigator.serviceWorker.ready);

  await page.context().setOffline(true);
  await page.goto(`${server.address}/settings`);
  await expect(page.getByRole("alert")).toContainText("Check your connection");
  await page.context().setOffline(false);
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();
});

/** What of the client this browser has for times without a network. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
    const requests = (await Promise.all(caches_.map((cache) => cache.keys()))).flat();
    return requests.map(({ url }) => new URL(url).pathname);
  });

test("pages that nobody opened come while it is quiet, and then open without a network", async ({
  server,
  person,
}) => {
  const [amara] = await community(server, "amara");
  const { page } = await person("about:blank");
  await page.clock.install();
  await amara.signIn(page);
  await page.goto(server.address);
  await page.evaluate(() => navigator.serviceWorker.ready);
  // From here on the worker stands between the page and the network.
  await page.reload();
  const settings = page.getByRole("link", { name: "Settings" });
  await expect(settings).toBeVisible();
  const before = await kept(page);
  expect(before).toContain("/index.html");
  expect(before.filter((path) => path.startsWith("/assets/Settings-"))).toEqual([]);

  await page.clock.fastForward(30_000);
  const all = (await readdir(join(ROOT, "cooee/web/assets"))).filter((name) =>
    /^(?!embed-).*\.(js|css)$/.test(name),
  );
  const missing = async () => {
    await page.clock.fastForward(2000);
    const now = await kept(page);
    return all.filter((name) => !now.includes(`/assets/${name}`)).length;
  };
  await expect.poll(missing, { timeout: 120_000, intervals: [100] }).toBe(0);
  await page.context().setOffline(true);
  await settings.click();
  await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();
});

test("an address that leads nowhere says what to do", async ({ server, person }) => {
  const [amara] = await community(server, "amara");
  const { page } = await person(server.address);
  await amara.signIn(page);
  for (const address of ["/nowhere", "/people/nobody_here", "/posts/12345"]) {
    await page.goto(server.address + address);
    await expect(page.getByRole("heading", { name: "Nothing here" })).toBeVisible();
    await expect(page.getByRole("link", { name: "Go home" })).toBeVisible();
  }
});

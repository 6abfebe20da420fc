import { createServer, type Server as HttpServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import type { Locator, Page } from "@playwright/test";
import { community } from "./harness/accounts.ts";
import { expect, test } from "./harness/test.ts";

interface Front {
  server: HttpServer;
  address: string;
  /** From here on it serves a newer version of the client's worker. */
  release: () => void;
  /** From here on it has the settings page no longer as open pages know it, until one is loaded anew. */
  replace: () => void;
}

/** Stands before a node. */
async function before(address: string): Promise<Front> {
  const { hostname, port } = new URL(address);
  let released = false;
  let replaced = false;
  const server = createServer((asked, answer) => {
    const { method, url = "/", headers } = asked;
    if (headers.accept?.startsWith("text/html")) replaced = false;
    if (replaced && url.startsWith("/assets/Settings-")) return void answer.writeHead(404).end();
    if (replaced && url === "/") return void answer.end('<script src="/assets/index-newer.js"></script>');
    const plain = { ...headers, "accept-encoding": "identity", "if-none-match": "" };
    const passed = request({ hostname, port, method, path: url, headers: plain }, (told) => {
      const newer = released && url === "/service-worker.js";
      const { "content-length": _, ...rest } = told.headers;
      answer.writeHead(told.statusCode ?? 502, newer ? rest : told.headers);
      told.on("data", (piece) => answer.write(piece));
      told.on("end", () => answer.end(newer ? "\n// a newer version" : undefined));
    });
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const release = () => {
    released = true;
  };
  const replace = () => {
    replaced = true;
  };
  return { server, address: `http://localhost:${(server.address() as AddressInfo).port}`, release, replace };
}

const look = (page: Page) =>
  page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());

/** A word that a reload wipes out. */
const mark = (page: Page) => page.evaluate(() => Object.assign(window, { marked: true }));
const marked = (page: Page) => page.evaluate(() => "marked" in window);

/** The room, once one is in it. */
async function joined(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: /^Join Night radio/u }).click();
  const room = page.getByRole("region", { name: "The Space you are in" });
  await expect(room.getByRole("heading", { name: "Night radio" })).toBeVisible();
  return room;
}

test("a new version is not spoken of in a Space, and never reloads a tab that is in one", async ({
  server,
  person,
}) => {
  const [amara, dov] = await community(server, "amara", "dov");
  await amara.startSpace("Night radio");
  const front = await before(server.address);
  try {
    const { page } = await person(front.address);
    await dov.signIn(page, front.address);
    await page.goto(front.address);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload();

    const room = await joined(page);
    await mark(page);
    front.release();
    await look(page);
    await page.waitForTimeout(1500);
    await expect(page.getByText("A new version of Cooee is ready.")).toBeHidden();

    const other = await page.context().newPage();
    await other.goto(`${front.address}/settings`);
    await other.getByRole("button", { name: "Reload" }).click();
    await expect(other.getByText("You are in a Space in another tab.")).toBeVisible();
    expect(await marked(page)).toBe(true);

    await room.getByRole("button", { name: "Leave" }).click();
    await expect(page.getByText("A new version of Cooee is ready.")).toBeVisible();
    await page.getByRole("button", { name: "Reload" }).click();
    await page.waitForFunction(() => !("marked" in window));
    await expect(page.getByText("A new version of Cooee is ready.")).toBeHidden();
  } finally {
    front.server.closeAllConnections();
    front.server.close();
  }
});

test("a page that the node has no longer as this tab knows it is opened by a reload, in a Space only if one wants it", async ({
  server,
  person,
}) => {
  const [amara, dov] = await community(server, "amara", "dov");
  await amara.startSpace("Night radio");
  const front = await before(server.address);
  try {
    const { page } = await person(front.address);
    await dov.signIn(page, front.address);
    await page.goto(front.address);
    const room = await joined(page);
    await mark(page);
    front.replace();

    const settings = page.getByRole("link", { name: "Settings" });
    await settings.click();
    await expect(page.getByText(/^Cooee was updated.* you come back into the Space/u)).toBeVisible();
    expect(await marked(page)).toBe(true);
    await page.getByRole("button", { name: "Reload" }).click();
    await page.waitForFunction(() => !("marked" in window));
    await expect(room.getByRole("heading", { name: "Night radio" })).toBeVisible();

    await settings.click();
    await expect(page.getByRole("heading", { name: "Settings" })).toBeVisible();
  } finally {
    front.server.closeAllConnections();
    front.server.close();
  }
});

import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { CDPSession, Page } from "@playwright/test";
import { Account } from "./harness/accounts.ts";
import { SIZES } from "./harness/people.ts";
import { expect, test } from "./harness/test.ts";

test.use({ settings: { COOEE_TESTS_MAY_REACH_LOOPBACK: "1" } });

/** What the node would push when Hana has gone live, as the push service hands it to the browser once it is decrypted. */
const pushed = (path: string) =>
  JSON.stringify({
    tag: "space:1",
    language: "en",
    kind: "live",
    at: "2026-11-21T10:00:00.000Z",
    people: [{ username: "hana", display_name: "Hana", picture_url: null }],
    count: 1,
    text: "Night radio",
    path,
  });

/** What a service worker has, and a page has not. */
interface WorkerScope extends EventTarget {
  readonly registration: ServiceWorkerRegistration;
  readonly NotificationEvent: new (type: string, init: { notification: Notification | undefined }) => Event;
}

interface Workers {
  readonly cdp: CDPSession;
  readonly registration: string;
}

/** The page's service worker, as the developer tools reach it. */
async function workersOf(page: Page): Promise<Workers> {
  const cdp = await page.context().newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const [first] = registrations;
      if (first) resolve(first.registrationId);
    });
  });
  await cdp.send("ServiceWorker.enable");
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  return { cdp, registration: await registered };
}

const shown = (page: Page) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const all = await registration.getNotifications();
    return all.map(({ title, body, tag }) => ({ title, body, tag }));
  });

test("whoever has Cooee in the background is shown what was pushed, once for each thing, and a tap opens it", async ({
  server,
  person,
}) => {
  const hana = await Account.made(server, "hana");
  const { page } = await person(server.address);
  await page.context().grantPermissions(["notifications"], { origin: server.address });
  await hana.signIn(page);
  await page.goto(server.address);
  const { cdp, registration } = await workersOf(page);
  const push = (data: string) =>
    cdp.send("ServiceWorker.deliverPushMessage", {
      origin: server.address,
      registrationId: registration,
      data,
    });

  // Another page in front: this one is not looked at.
  const front = await page.context().newPage();
  await front.goto("about:blank");
  await front.bringToFront();
  await push(pushed("/people/hana"));
  await expect
    .poll(() => shown(page))
    .toEqual([{ title: "Hana is live now", body: "Night radio", tag: "space:1" }]);
  await push(pushed("/people/hana"));
  await push("not ours");
  await expect.poll(async () => (await shown(page)).length).toBe(1);

  const [worker] = page.context().serviceWorkers();
  await worker?.evaluate(async () => {
    const scope = globalThis as unknown as WorkerScope;
    const [notification] = await scope.registration.getNotifications();
    scope.dispatchEvent(new scope.NotificationEvent("notificationclick", { notification }));
  });
  await expect(page).toHaveURL(`${server.address}/people/hana`);
});

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`one lets this browser be notified where one reads notifications, and stops it in the settings, at ${size}`, async ({
    server,
    person,
  }) => {
    const service = await pushService();
    const [amara, bo] = [await Account.made(server, "amara"), await Account.made(server, "bo")];
    const { page } = await person(server.address, equipment);
    await page.addInitScript(subscribeAt, service.endpoint);
    await amara.signIn(page);
    await page.goto(`${server.address}/notifications`);
    await page.getByRole("button", { name: "Notify me" }).click();
    await expect(page.getByText("You are notified in this browser")).toBeVisible();
    await expect(page.getByRole("button", { name: "Notify me" })).toBeHidden();

    await bo.ask("PUT", `/people/${amara.id}/follow`);
    await expect.poll(() => service.taken).toBe(1);

    await page.goto(`${server.address}/settings/notifications`);
    await page.getByText("On your devices").click();
    const here = page.getByRole("switch", { name: "Notify me in this browser" });
    await expect(here).toBeChecked();
    await page.getByRole("switch", { name: "Mentions" }).click();
    await expect(page.getByRole("switch", { name: "Mentions" })).not.toBeChecked();
    await here.click();
    await expect(here).not.toBeChecked();
    await page.reload();
    await page.getByText("On your devices").click();
    await expect(page.getByRole("switch", { name: "Mentions" })).not.toBeChecked();
    await expect(here).not.toBeChecked();
    service.close();
  });
}

for (const [size, equipment] of Object.entries(SIZES)) {
  test(`without a mail server the settings say so, and the link of a letter asks before it stops them, at ${size}`, async ({
    server,
    person,
  }) => {
    const amara = await Account.made(server, "amara");
    const { page } = await person(server.address, equipment);
    await amara.signIn(page);
    await page.goto(`${server.address}/settings/notifications`);
    await page.getByText("By e-mail").click();
    await expect(page.getByText("This site sends no e-mail.")).toBeVisible();
    await page.goto(`${server.address}/unsubscribe#1.nonsense`);
    await page.getByRole("button", { name: "Stop e-mails" }).click();
    await expect(page.getByRole("alert")).toContainText("This link is not whole");
  });
}

interface PushService {
  readonly endpoint: string;
  readonly taken: number;
  close(): void;
}

/** Takes whatever is pushed; what it says is tested where it can be decrypted. */
async function pushService(): Promise<PushService> {
  let taken = 0;
  const http: HttpServer = createServer((request, response) => {
    request.resume().on("end", () => {
      taken += 1;
      response.writeHead(201).end();
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}/p`,
    get taken() {
      return taken;
    },
    close: () => http.close(),
  };
}

/** Stands in for the vendor's push service, without which subscribing never ends. Runs in the page, and stands alone. */
function subscribeAt(endpoint: string): void {
  const KEPT = "test.subscription";
  const text = (raw: ArrayBuffer) =>
    btoa(String.fromCharCode(...new Uint8Array(raw)))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");
  const made = (kept: { key: number[]; p256dh: string; auth: string }) => ({
    endpoint,
    options: { userVisibleOnly: true, applicationServerKey: new Uint8Array(kept.key).buffer },
    toJSON: () => ({ endpoint, keys: { p256dh: kept.p256dh, auth: kept.auth } }),
    unsubscribe: async () => {
      localStorage.removeItem(KEPT);
      return true;
    },
  });
  let answer: NotificationPermission = localStorage.getItem(KEPT) ? "granted" : "default";
  Object.defineProperty(Notification, "permission", { get: () => answer });
  Notification.requestPermission = async () => {
    answer = "granted";
    return answer;
  };
  PushManager.prototype.getSubscription = async () => {
    const kept = localStorage.getItem(KEPT);
    return kept ? (made(JSON.parse(kept)) as unknown as PushSubscription) : null;
  };
  PushManager.prototype.subscribe = async (options) => {
    const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
    const point = await crypto.subtle.exportKey("raw", pair.publicKey);
    const key = Array.from(options?.applicationServerKey as Uint8Array);
    const kept = { key, p256dh: text(point), auth: text(crypto.getRandomValues(new Uint8Array(16)).buffer) };
    localStorage.setItem(KEPT, JSON.stringify(kept));
    return made(kept) as unknown as PushSubscription;
  };
}

/**
 * Web Push without a vendor: a push service of the test's own takes and decrypts what the node sends; the developer tools
 * hand it to the page's real service worker, and the notification that it shows is tapped.
 */
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type CDPSession, expect, type Page, type Worker } from "@playwright/test";

interface Keys {
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
}

/** What the node pushed, as far as tests look at it. */
interface Arrived {
  readonly kind: string;
  readonly path: string;
  readonly plain: string;
}

/** One browser's subscription, and what has arrived for it. */
export class PushService {
  readonly arrived: Arrived[] = [];
  readonly #ecdh = createECDH("prime256v1");
  readonly #auth = randomBytes(16);
  readonly #http = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      this.#take(Buffer.concat(parts));
      response.writeHead(201).end();
    });
  });

  static async opened(): Promise<PushService> {
    const service = new PushService();
    service.#ecdh.generateKeys();
    await new Promise<void>((resolve) => service.#http.listen(0, "127.0.0.1", resolve));
    return service;
  }

  /** What the browser would have made when it subscribed. */
  get keys(): Keys {
    const { port } = this.#http.address() as AddressInfo;
    const p256dh = this.#ecdh.getPublicKey().toString("base64url");
    return { endpoint: `http://127.0.0.1:${port}/p`, p256dh, auth: this.#auth.toString("base64url") };
  }

  /** The first push of this kind, once it has come. */
  async next(kind: string): Promise<Arrived> {
    await expect.poll(() => this.arrived.map((one) => one.kind), { timeout: 120_000 }).toContain(kind);
    const [found] = this.arrived.filter((one) => one.kind === kind);
    if (!found) throw new Error(`no push of kind ${kind}`);
    return found;
  }

  close(): void {
    this.#http.close();
  }

  /** RFC 8291 and RFC 8188, one record. */
  #take(body: Buffer): void {
    const salt = body.subarray(0, 16);
    const length = body.readUInt8(20);
    const sender = body.subarray(21, 21 + length);
    const sealed = body.subarray(21 + length);
    const info = Buffer.concat([Buffer.from("WebPush: info\0"), this.#ecdh.getPublicKey(), sender]);
    const secret = Buffer.from(hkdfSync("sha256", this.#ecdh.computeSecret(sender), this.#auth, info, 32));
    const derived = (name: string, size: number) =>
      Buffer.from(hkdfSync("sha256", secret, salt, `Content-Encoding: ${name}\0`, size));
    const decipher = createDecipheriv("aes-128-gcm", derived("aes128gcm", 16), derived("nonce", 12));
    decipher.setAuthTag(sealed.subarray(-16));
    const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    const plain = padded.subarray(0, padded.lastIndexOf(2)).toString();
    const { kind, path } = JSON.parse(plain) as { kind: string; path: string };
    this.arrived.push({ kind, path, plain });
  }
}

/** Stands in for the vendor's push service, without which subscribing never ends. Runs in the page, and stands alone. */
export function subscribeWith({ endpoint, p256dh, auth }: Keys): void {
  const KEPT = "test.subscription";
  const made = () => ({
    endpoint,
    options: {
      userVisibleOnly: true,
      applicationServerKey: new Uint8Array(JSON.parse(localStorage.getItem(KEPT) ?? "[]") as number[]).buffer,
    },
    toJSON: () => ({ endpoint, keys: { p256dh, auth } }),
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
  PushManager.prototype.getSubscription = async () =>
    localStorage.getItem(KEPT) ? (made() as unknown as PushSubscription) : null;
  PushManager.prototype.subscribe = async (options) => {
    const key = Array.from(options?.applicationServerKey as Uint8Array);
    localStorage.setItem(KEPT, JSON.stringify(key));
    return made() as unknown as PushSubscription;
  };
}

/** What a service worker has, and a page has not. */
interface WorkerScope extends EventTarget {
  readonly registration: ServiceWorkerRegistration;
  readonly NotificationEvent: new (type: string, init: { notification: Notification | undefined }) => Event;
}

/** The service worker of a page that nobody looks at. */
export class Background {
  readonly #page: Page;
  readonly #cdp: CDPSession;
  readonly #registration: string;

  private constructor(page: Page, cdp: CDPSession, registration: string) {
    this.#page = page;
    this.#cdp = cdp;
    this.#registration = registration;
  }

  /** Another page comes to the front; Playwright otherwise has every page believe that it has the focus. */
  static async of(page: Page): Promise<Background> {
    const cdp = await page.context().newCDPSession(page);
    const registered = new Promise<string>((resolve) => {
      cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
        const [first] = registrations;
        if (first) resolve(first.registrationId);
      });
    });
    await cdp.send("ServiceWorker.enable");
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    const background = new Background(page, cdp, await registered);
    await cdp.send("Emulation.setFocusEmulationEnabled", { enabled: false });
    const front = await page.context().newPage();
    await front.goto("about:blank");
    await front.bringToFront();
    await expect.poll(() => page.evaluate(() => document.hasFocus())).toBe(false);
    return background;
  }

  /** What the push service hands to the browser; a push that is handed over twice collapses, as the node's do. */
  async deliver(plain: string): Promise<void> {
    await this.#cdp.send("ServiceWorker.deliverPushMessage", {
      origin: new URL(this.#page.url()).origin,
      registrationId: this.#registration,
      data: plain,
    });
  }

  /** The notifications that stand on the screen. */
  shown(): Promise<{ title: string; body: string; tag: string }[]> {
    return this.#page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      const all = await registration.getNotifications();
      return all.map(({ title, body, tag }) => ({ title, body, tag }));
    });
  }

  /** Taps the notification that stands there. */
  async tap(): Promise<void> {
    const context = this.#page.context();
    const worker: Worker = context.serviceWorkers().at(-1) ?? (await context.waitForEvent("serviceworker"));
    await worker.evaluate(async () => {
      const scope = globalThis as unknown as WorkerScope;
      const [notification] = await scope.registration.getNotifications();
      scope.dispatchEvent(new scope.NotificationEvent("notificationclick", { notification }));
    });
  }
}

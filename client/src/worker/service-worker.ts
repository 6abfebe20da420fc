/// <reference lib="webworker" />
/**
 * Keeps the built client for times without a network. What the node says (`/api`, sound, the feed) is never kept here.
 * At first only the shell is fetched, which the page that installs this has just loaded; then whatever is asked for, and
 * the rest when a page says that it is quiet: see src/shell/keeping.ts.
 * A new version waits until a page asks for it: see src/shell/renewal.svelte.ts.
 */
import { cleanupOutdatedCaches, matchPrecache, precacheAndRoute } from "workbox-precaching";
import { registerRoute } from "workbox-routing";
import { CacheFirst } from "workbox-strategies";

import { type Built, lapsed, nextOf } from "./kept";
import { drawn } from "./pushed";

declare const self: ServiceWorkerGlobalScope;

/** Longer than this and the kept page is shown rather than none. */
const PATIENCE_MS = 4000;
/** Addresses that the node answers itself. */
const OF_THE_NODE = /^\/(api|embed|whip|whep|edge|healthz|readyz|metrics|docs)(\/|$)|\.[a-z0-9]+$/u;

/** What the build names by its content, and so never changes. */
const ASSETS = "assets";
const STEP = 8;

const built = self.__WB_MANIFEST as Built[];

// Pages come from the node, also the one at "/".
precacheAndRoute(
  built.filter(({ shell }) => shell),
  { directoryIndex: "", cleanURLs: false },
);
cleanupOutdatedCaches();
registerRoute(
  ({ sameOrigin, url }) => sameOrigin && url.pathname.startsWith("/assets/"),
  new CacheFirst({ cacheName: ASSETS }),
);

self.addEventListener("activate", (event) => {
  event.waitUntil(dropLapsed());
});

self.addEventListener("message", (event) => {
  if (event.data === "take-over") void self.skipWaiting();
  if (event.data === "keep-more") event.waitUntil(keepMore(event.ports[0]));
});

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.mode !== "navigate" || origin !== self.location.origin || OF_THE_NODE.test(pathname))
    return;
  event.respondWith(page(event.request));
});

self.addEventListener("push", (event) => {
  const shown = drawn(event.data?.text() ?? "");
  if (shown) event.waitUntil(show(shown.title, shown.options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open((event.notification.data as { path: string }).path));
});

async function keptPaths(): Promise<string[]> {
  const kept = await (await caches.open(ASSETS)).keys();
  return kept.map(({ url }) => new URL(url).pathname);
}

/** Fetches a few files more, and tells how many are still to come; none if the node has them no longer. */
async function keepMore(asking: MessagePort | undefined): Promise<void> {
  const { now, left } = nextOf(built, await keptPaths(), STEP);
  try {
    const cache = await caches.open(ASSETS);
    await cache.addAll(now.map((path) => new Request(path, { priority: "low" })));
    asking?.postMessage(left);
  } catch {
    // No network, or a newer version is at the node: that one's worker is on its way.
    asking?.postMessage(0);
  }
}

async function dropLapsed(): Promise<void> {
  const cache = await caches.open(ASSETS);
  await Promise.all(lapsed(built, await keptPaths()).map((path) => cache.delete(path)));
}

/** Whoever looks at Cooee in this moment sees it there. */
async function show(title: string, options: NotificationOptions): Promise<void> {
  const pages = await self.clients.matchAll({ type: "window" });
  if (pages.some((page) => page.focused)) return;
  await self.registration.showNotification(title, options);
}

/** In a page that is open already, so that nobody who is in a Space is thrown out of it; else in a new one. */
async function open(path: string): Promise<void> {
  const [page] = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (!page) {
    await self.clients.openWindow(path);
    return;
  }
  page.postMessage({ open: path });
  // Browsers let a tap on a notification do this, and nothing else.
  await page.focus().catch(() => undefined);
}

/** The page from the node, so that it is of today; the kept one if the node does not answer. */
async function page(request: Request): Promise<Response> {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status < 500) return answer;
  } catch {
    // Offline, or too slow: the kept page follows.
  }
  return (await matchPrecache("/index.html")) ?? Response.error();
}

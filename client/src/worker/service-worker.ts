/// <reference lib="webworker" />
/**
 * Keeps the built client for times without a network. What the node says (`/api`, sound, the feed) is never kept here.
 * A new version waits until a page asks for it: see src/shell/renewal.svelte.ts.
 */
import { cleanupOutdatedCaches, matchPrecache, precacheAndRoute } from "workbox-precaching";

import { drawn } from "./pushed";

declare const self: ServiceWorkerGlobalScope;

/** Longer than this and the kept page is shown rather than none. */
const PATIENCE_MS = 4000;
/** Addresses that the node answers itself. */
const OF_THE_NODE = /^\/(api|embed|whip|whep|edge|healthz|readyz|metrics|docs)(\/|$)|\.[a-z0-9]+$/u;

precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();

self.addEventListener("message", (event) => {
  if (event.data === "take-over") void self.skipWaiting();
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

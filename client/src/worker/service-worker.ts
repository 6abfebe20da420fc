/// <reference lib="webworker" />
/**
 * Keeps the built client for times without a network. What the node says (`/api`, sound, the feed) is never kept here.
 * A new version waits until a page asks for it: see src/shell/renewal.svelte.ts.
 */
import { cleanupOutdatedCaches, matchPrecache, precacheAndRoute } from "workbox-precaching";

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

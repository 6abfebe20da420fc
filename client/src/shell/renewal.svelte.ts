/**
 * New versions of the client. One waits until a person takes it, and never comes while this browser is in a Space,
 * in this tab or another.
 */
import { m } from "../paraglide/messages";
import { place } from "../spaces/place.svelte";
import { tell } from "../ui/toasts.svelte";
import { keepRest } from "./keeping";
import { whyMissing } from "./missing";

const LOCK = "cooee.in-a-space";
const LOOK_MS = 30 * 60_000;

let waiting = $state.raw<ServiceWorker | null>(null);
/** Another tab took the new version: pages that were not loaded yet may be gone from the node. */
let left = $state(false);
/** Something was asked for that only the version before had. */
let missed = $state(false);

export const renewal = {
  /** There is a new version, and one may take it now. */
  get offered(): boolean {
    return (waiting !== null || left) && place.now.at === "nowhere";
  },
  /** What was asked for comes only after a reload. Also in a Space: there the person decides. */
  get needed(): boolean {
    return missed;
  },
  notNow(): void {
    missed = false;
  },
};

/** Registers the service worker, and lets other tabs know while this one is in a Space. */
export function keepRenewal(): void {
  $effect(() => {
    if (import.meta.env.PROD && "serviceWorker" in navigator) return watch(navigator.serviceWorker);
    return undefined;
  });
  // Whoever enters a Space, or leaves one, has the network to themselves first.
  const where = $derived(place.now.at === "space" ? place.now.id : null);
  $effect(() => {
    if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return undefined;
    void where;
    return keepRest(navigator.serviceWorker);
  });
  $effect(() => {
    const hear = () => void tellWhy();
    addEventListener("vite:preloadError", hear);
    return () => removeEventListener("vite:preloadError", hear);
  });
  $effect(() => {
    if (place.now.at === "space") return holdLock();
    return undefined;
  });
}

/** A part of the client did not come: whoever asked for it hears why. */
async function tellWhy(): Promise<void> {
  const why = await whyMissing();
  if (why === "renewed") missed = true;
  else tell(why === "away" ? m.problem_unreachable() : m.failed_title(), "wrong");
}

function watch(workers: ServiceWorkerContainer): () => void {
  const controlled = workers.controller !== null;
  const changed = () => {
    // The first worker of all takes a page that is as new as itself.
    if (controlled) left = true;
  };
  workers.addEventListener("controllerchange", changed);
  let timer: ReturnType<typeof setInterval> | undefined;
  void workers.register("/service-worker.js").then((registration) => {
    waiting = workers.controller ? registration.waiting : null;
    registration.addEventListener("updatefound", () => follow(registration.installing, workers));
    timer = setInterval(() => void registration.update().catch(() => undefined), LOOK_MS);
  });
  return () => {
    workers.removeEventListener("controllerchange", changed);
    clearInterval(timer);
  };
}

function follow(worker: ServiceWorker | null, workers: ServiceWorkerContainer): void {
  worker?.addEventListener("statechange", () => {
    if (worker.state === "installed" && workers.controller) waiting = worker;
  });
}

/** Takes the new version and loads the page again; says no while any tab is in a Space. */
export async function renew(): Promise<boolean> {
  if (await someTabIsInASpace()) return false;
  if (waiting) {
    const taken = new Promise((resolve) => {
      navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true });
    });
    waiting.postMessage("take-over");
    await taken;
  }
  location.reload();
  return true;
}

/** Loads this page again, which brings it to the version of the node and back into its Space. */
export async function reload(): Promise<void> {
  if (!(await renew())) location.reload();
}

async function someTabIsInASpace(): Promise<boolean> {
  if (place.now.at === "space") return true;
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return held.some((lock) => lock.name === LOCK);
}

/** A shared lock for as long as one is in the Space; the browser drops it with the tab. */
function holdLock(): () => void {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  void navigator.locks?.request(LOCK, { mode: "shared" }, () => held);
  return () => release();
}

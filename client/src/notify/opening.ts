/** A tap on a notification opens its page here, in the page that is open already. */
import { navigate } from "../router";
import { PHONE } from "../shell/sizes";
import { fold, place } from "../spaces/place.svelte";

/** The router takes what stands behind the path apart from it. On a phone the room makes way for what one wants to see. */
async function open({ pathname, searchParams }: URL): Promise<void> {
  await navigate(pathname as "/", { search: Object.fromEntries(searchParams) });
  const { now } = place;
  const itself = now.at === "space" && pathname === `/spaces/${now.id}`;
  if (!itself && matchMedia(PHONE).matches) fold();
}

export function keepOpening(): (() => void) | undefined {
  if (!("serviceWorker" in navigator)) return undefined;
  const hear = ({ data }: MessageEvent<unknown>) => {
    const path = typeof data === "object" && data !== null && "open" in data ? data.open : null;
    if (typeof path === "string") void open(new URL(path, location.origin));
  };
  navigator.serviceWorker.addEventListener("message", hear);
  return () => navigator.serviceWorker.removeEventListener("message", hear);
}

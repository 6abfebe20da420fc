/** A tap on a notification opens its page here, in the page that is open already. */
import { navigate } from "../router";

/** The router takes what stands behind the path apart from it. */
const open = ({ pathname, searchParams }: URL): void =>
  void navigate(pathname as "/", { search: Object.fromEntries(searchParams) });

export function keepOpening(): (() => void) | undefined {
  if (!("serviceWorker" in navigator)) return undefined;
  const hear = ({ data }: MessageEvent<unknown>) => {
    const path = typeof data === "object" && data !== null && "open" in data ? data.open : null;
    if (typeof path === "string") open(new URL(path, location.origin));
  };
  navigator.serviceWorker.addEventListener("message", hear);
  return () => navigator.serviceWorker.removeEventListener("message", hear);
}

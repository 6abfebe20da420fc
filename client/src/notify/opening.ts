/** A tap on a notification opens its page here, in the page that is open already. */
import { navigate } from "../router";

export function keepOpening(): (() => void) | undefined {
  if (!("serviceWorker" in navigator)) return undefined;
  const open = ({ data }: MessageEvent<unknown>) => {
    const path = typeof data === "object" && data !== null && "open" in data ? data.open : null;
    if (typeof path === "string") void navigate(path as "/");
  };
  navigator.serviceWorker.addEventListener("message", open);
  return () => navigator.serviceWorker.removeEventListener("message", open);
}

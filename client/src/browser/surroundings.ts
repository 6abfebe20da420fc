/** What happens around the page: the network changes, the page goes away, the phone sleeps. */

/** Calls `changed` when the network is another one, or is back, or the page was frozen and goes on. */
export function onNetwork(changed: () => void): () => void {
  const connection: EventTarget | undefined =
    "connection" in navigator ? (navigator.connection as EventTarget) : undefined;
  addEventListener("online", changed);
  connection?.addEventListener("change", changed);
  document.addEventListener("resume", changed);
  return () => {
    removeEventListener("online", changed);
    connection?.removeEventListener("change", changed);
    document.removeEventListener("resume", changed);
  };
}

/** Calls `gone` when the page is unloaded (not when it is only hidden: one listens on). */
export function onGoodbye(gone: () => void): () => void {
  const hide = ({ persisted }: PageTransitionEvent) => {
    if (!persisted) gone();
  };
  addEventListener("pagehide", hide);
  return () => removeEventListener("pagehide", hide);
}

/** Keeps the screen on while one speaks; the answer lets go. Where there is no wake lock, nothing happens. */
export function stayAwake(): () => void {
  let held: WakeLockSentinel | undefined;
  let over = false;
  const ask = async () => {
    if (over || document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
    held = await navigator.wakeLock.request("screen").catch(() => undefined);
    if (over) void held?.release();
  };
  document.addEventListener("visibilitychange", ask);
  void ask();
  return () => {
    over = true;
    document.removeEventListener("visibilitychange", ask);
    void held?.release();
  };
}

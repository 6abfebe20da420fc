/**
 * The id of this tab's speak session, over a reload. It is kept by a page that goes, and taken by the one that comes: neither
 * a second tab that began as a copy of this one nor a tab that was put away finds it, and both listen.
 */
const KEY = "cooee.spoke";

/** The session of the page before; null in a frame of another site, which may have no storage. */
export function ownBefore(): string | null {
  try {
    const session = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    return session;
  } catch {
    return null;
  }
}

/** Has the page keep what `own` says when it goes. */
export function keepOwn(own: () => string | null): void {
  addEventListener("pagehide", ({ persisted }) => {
    const session = own();
    if (session === null || persisted) return;
    try {
      sessionStorage.setItem(KEY, session);
    } catch {
      // There is no storage: the page after a reload listens until one says that one speaks from here.
    }
  });
}

/** What the machine around a page shows of it, and the buttons with which it asks. */

declare global {
  interface Window {
    buttons: Map<string, () => void>;
  }
}

/** Keeps the lock screen's buttons, which no page can press. Runs inside the page, and so stands alone. */
export function keepButtons(): void {
  window.buttons = new Map();
  const set = MediaSession.prototype.setActionHandler;
  MediaSession.prototype.setActionHandler = function (action, act) {
    if (act === null) window.buttons.delete(action);
    else window.buttons.set(action, () => act({ action }));
    set.call(this, action, act);
  };
}

/** Runs inside the page, and so stands alone. */
export function shown(): { title?: string; artist?: string; playbackState: MediaSessionPlaybackState } {
  const { metadata, playbackState } = navigator.mediaSession;
  return { ...(metadata && { title: metadata.title, artist: metadata.artist }), playbackState };
}

/** Runs inside the page, and so stands alone. */
export function press(name: string): void {
  window.buttons.get(name)?.();
}

/** The lock screen, headphones and media keys: what they show, and what their buttons do. */

export interface Shown {
  readonly title: string;
  readonly artist: string;
  /** Where a picture is, if there is one. */
  readonly picture: string | null;
}

export interface LockScreenActs {
  /** One hears nothing for a while, and stays. */
  pause(): void;
  play(): void;
  leave(): void;
}

const ACTIONS = { pause: "pause", play: "play", stop: "leave", hangup: "leave" } as const;

/** Shows what one listens to, until `clearLockScreen`. */
export function lockScreen({ title, artist, picture }: Shown, acts: LockScreenActs): void {
  if (!("mediaSession" in navigator)) return;
  const artwork = picture === null ? [] : [{ src: new URL(picture, location.href).href }];
  navigator.mediaSession.metadata = new MediaMetadata({ title, artist, album: "Cooee", artwork });
  setState("playing");
  for (const [action, act] of Object.entries(ACTIONS)) on(action, () => acts[act]());
}

export function showPaused(paused: boolean): void {
  if ("mediaSession" in navigator) setState(paused ? "paused" : "playing");
}

export function clearLockScreen(): void {
  if (!("mediaSession" in navigator)) return;
  navigator.mediaSession.metadata = null;
  setState("none");
  for (const action of Object.keys(ACTIONS)) on(action, null);
}

function setState(state: MediaSessionPlaybackState): void {
  navigator.mediaSession.playbackState = state;
}

/** Browsers throw at an action that they do not know. */
function on(action: string, act: (() => void) | null): void {
  try {
    navigator.mediaSession.setActionHandler(action as MediaSessionAction, act);
  } catch {
    // Then this browser has no such button.
  }
}

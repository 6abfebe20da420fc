/** Web Push in this browser: the shell around its push manager. */

/** Whether this browser can be pushed to at all. An iPhone can once the app is on its home screen. */
export const canPush = (): boolean =>
  "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis;

/** What the person said when the browser asked them. */
export const permission = (): NotificationPermission => Notification.permission;

/** Where this browser is pushed to, if it is, with the key that it knows the instance by. */
export async function subscription(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration();
  return (await registration?.pushManager.getSubscription()) ?? null;
}

/** Asks the person, unless they have answered, and the browser's push service; null: they said no. */
export async function subscribe(key: string): Promise<PushSubscription | null> {
  if ((await Notification.requestPermission()) !== "granted") return null;
  const { pushManager } = await navigator.serviceWorker.ready;
  const before = await pushManager.getSubscription();
  // One for another key, as after a restored backup of the node, takes nothing of ours.
  if (before && !isFor(before, key)) await before.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
}

/** Whether a subscription was made for the instance with this key. */
export function isFor(made: PushSubscription, key: string): boolean {
  const known = made.options.applicationServerKey;
  return known !== null && text(new Uint8Array(known)) === key;
}

function bytes(key: string): Uint8Array<ArrayBuffer> {
  const binary = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

const text = (raw: Uint8Array): string =>
  btoa(String.fromCharCode(...raw))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

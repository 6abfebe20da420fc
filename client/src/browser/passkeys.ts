/** The browser's side of passkeys (WebAuthn level 3). Old browsers have none of it; then nothing is offered. */

/** What the server asks for, as JSON; what the browser answers, as JSON. */
type Json = Record<string, unknown>;

/** Whether this browser makes and shows passkeys here. */
export const hasPasskeys = (): boolean =>
  isSecureContext &&
  typeof PublicKeyCredential === "function" &&
  "parseRequestOptionsFromJSON" in PublicKeyCredential;

/** Whether passkeys appear among the suggestions of a field with `autocomplete="… webauthn"`. */
export const suggestsPasskeys = async (): Promise<boolean> =>
  hasPasskeys() && (await PublicKeyCredential.isConditionalMediationAvailable?.()) === true;

/** A new passkey, or null: the person would rather not. */
export function make(options: Json): Promise<Json | null> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as unknown as PublicKeyCredentialCreationOptionsJSON,
  );
  return asJson(navigator.credentials.create({ publicKey }));
}

/** The answer of a passkey that the person chose, or null. With `conditional` it waits for a tap on a suggestion. */
export function show(options: Json, conditional?: AbortSignal): Promise<Json | null> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    options as unknown as PublicKeyCredentialRequestOptionsJSON,
  );
  const waiting = conditional && { mediation: "conditional" as const, signal: conditional };
  return asJson(navigator.credentials.get({ publicKey, ...waiting }));
}

/** What newer browsers take back to the device: no promise, and nothing else hangs on it. */
interface Signals {
  signalUnknownCredential?(of: { rpId: string; credentialId: string }): Promise<void>;
  signalCurrentUserDetails?(of: {
    rpId: string;
    userId: string;
    name: string;
    displayName: string;
  }): Promise<void>;
}

const signals = (): Signals => PublicKeyCredential as unknown as Signals;

/** The account of a passkey that was made by `options` has another name in the end: the device shows that. */
export function rename(options: Json, name: string, displayName: string): void {
  const [rpId, userId] = [idIn(options.rp), idIn(options.user)];
  void signals()
    .signalCurrentUserDetails?.({ rpId, userId, name, displayName })
    .catch(() => undefined);
}

/** A passkey that was made by `options` opens nothing: the device need not show it. */
export function disown(options: Json, credential: Json): void {
  const [rpId, credentialId] = [idIn(options.rp), idIn(credential)];
  void signals()
    .signalUnknownCredential?.({ rpId, credentialId })
    .catch(() => undefined);
}

const idIn = (value: unknown): string => String((value as { id?: unknown } | undefined)?.id ?? "");

async function asJson(asked: Promise<Credential | null>): Promise<Json | null> {
  try {
    const credential = await asked;
    return credential instanceof PublicKeyCredential ? (credential.toJSON() as unknown as Json) : null;
  } catch (error) {
    // Cancelled, timed out, or taken back by us: nothing to tell.
    if (error instanceof DOMException && ["NotAllowedError", "AbortError"].includes(error.name)) return null;
    throw error;
  }
}

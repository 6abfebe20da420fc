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

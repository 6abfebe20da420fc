/** Coming in by a passkey: by a button, by a tap on what the browser suggests in the username's field, or by a new one. */
import { hasPasskeys, make, show, suggestsPasskeys } from "../browser/passkeys";
import { m } from "../paraglide/messages";
import * as wire from "../wire/account";
import type { SignedInAs } from "../wire/shapes";

export { hasPasskeys };

type Question = Awaited<ReturnType<typeof wire.askForProof>>;

/** Who came in; null: the person would rather not. */
export const byPasskey = async (): Promise<SignedInAs | null> => answering(await wire.askForProof());

/** Waits until the person taps a passkey among the suggestions. Null where there are none, or when `until` says so. */
export async function bySuggestion(until: AbortSignal): Promise<SignedInAs | null> {
  if (!(await suggestsPasskeys())) return null;
  // Nobody asked for this yet: if it cannot be, nobody needs to know.
  const question = await wire.askForProof().catch(() => null);
  return question && !until.aborted ? answering(question, until) : null;
}

async function answering({ options }: Question, conditional?: AbortSignal): Promise<SignedInAs | null> {
  const credential = await show(options, conditional);
  return credential && (await wire.signInByPasskey(credential));
}

/** Signs up with a passkey that the browser makes; null: the person would rather not. */
export async function byNewPasskey(wish: wire.Newcomer): Promise<SignedInAs | null> {
  const { options } = await wire.askForAccount(wish.username, wish.display_name);
  const credential = await make(options);
  return credential && (await wire.signUpByPasskey(wish, m.passkey_usual_name(), credential));
}

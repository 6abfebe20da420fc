/** Coming in by a passkey: by a button, or by a tap on what the browser suggests in the username's field. */
import { hasPasskeys, show, suggestsPasskeys } from "../browser/passkeys";
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

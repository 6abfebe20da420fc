/** Coming in by a passkey: by a button, by a tap on what the browser suggests in the username's field, or by a new one. */
import { disown, hasPasskeys, make, rename, show, suggestsPasskeys } from "../browser/passkeys";
import { m } from "../paraglide/messages";
import * as wire from "../wire/account";
import { Refused } from "../wire/problem";
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

type Made = NonNullable<Awaited<ReturnType<typeof make>>>;

/** A passkey of which the device knows already, and no account: what else was wrong is mended, and it is not made twice. */
let kept: {
  readonly options: Question["options"];
  readonly credential: Made;
  readonly wish: wire.Newcomer;
} | null = null;

/** Signs up with a passkey that the browser makes; null: the person would rather not. */
export async function byNewPasskey(wish: wire.Newcomer): Promise<SignedInAs | null> {
  if (kept === null) {
    const { options } = await wire.askForAccount(wish);
    const credential = await make(options);
    if (credential === null) return null;
    kept = { options, credential, wish };
  }
  const { options, credential, wish: before } = kept;
  try {
    const signedIn = await wire.signUpByPasskey(wish, m.passkey_usual_name(), credential);
    kept = null;
    if (wish.username !== before.username || wish.display_name !== before.display_name)
      rename(options, wish.username, wish.display_name);
    return signedIn;
  } catch (error) {
    // It came too late: the next one is another one, and this one opens nothing.
    if (error instanceof Refused && error.problem.code === "passkey_not_accepted") {
      disown(options, credential);
      kept = null;
    }
    throw error;
  }
}

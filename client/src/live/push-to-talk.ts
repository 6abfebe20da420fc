/** A key held down on the microphone button talks while it is held; a short press switches, as on any button. */
export interface Press {
  readonly since: number;
  readonly opened: boolean;
}

/** So long, in ms, and a press was a hold. */
const HOLD = 350;

/** The key went down; `tap` says whether the microphone is to be switched now. */
export function down(isOff: boolean, now: number): { readonly press: Press; readonly tap: boolean } {
  return { press: { since: now, opened: isOff }, tap: isOff };
}

/** The key came up: whether to switch the microphone (off, at this point). */
export function up(press: Press, now: number): boolean {
  const held = now - press.since >= HOLD;
  return press.opened ? held : !held;
}

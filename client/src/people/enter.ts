import { m } from "../paraglide/messages";
import { navigate } from "../router";
import { tell } from "../ui/toasts.svelte";
import type { SignedInAs } from "../wire/shapes";
import { afterDoor } from "./after-door";
import { entered } from "./session.svelte";

/** Somebody has signed in: on to where they wanted. Who was about to be erased is told that they are back. */
export async function comeIn({ account, restored }: SignedInAs): Promise<void> {
  entered(account);
  await navigate(afterDoor(location.search) as "/", { replace: true });
  if (restored) tell(m.account_restored());
}

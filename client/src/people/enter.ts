import { reload } from "../posts/timeline.svelte";
import { navigate } from "../router";
import type { Me } from "../wire/shapes";
import { afterDoor } from "./after-door";
import { forgetFollows } from "./follows.svelte";
import { entered } from "./session.svelte";

/** Somebody has signed in: nothing of the one before stays, and on to where they wanted. */
export async function comeIn(me: Me): Promise<void> {
  forgetFollows();
  entered(me);
  void reload();
  await navigate(afterDoor(location.search) as "/", { replace: true });
}

import { navigate } from "../router";
import type { Me } from "../wire/shapes";
import { afterDoor } from "./after-door";
import { entered } from "./session.svelte";

/** Somebody has signed in: on to where they wanted. */
export async function comeIn(me: Me): Promise<void> {
  entered(me);
  await navigate(afterDoor(location.search) as "/", { replace: true });
}

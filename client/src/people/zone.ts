import { edit } from "../wire/people";
import { changed, who } from "./session.svelte";

/**
 * Has letters tell the time as it is where one is: the node learns the browser's time zone when one arranges something
 * for a time. Without an answer letters go on to say the time of before.
 */
export async function tellZone(): Promise<void> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!who.me || !zone || who.me.zone === zone) return;
  try {
    changed(await edit({ zone }));
  } catch {
    // It is told with the next one.
  }
}

import { m } from "../paraglide/messages";
import { tell } from "./toasts.svelte";

/** Puts `text` on the clipboard and says `done`; where the browser forbids it, shows the text to be copied by hand. */
export async function copy(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    tell(done);
  } catch {
    tell(m.copy_by_hand({ text }));
  }
}

import { navigate } from "../router";
import { tell } from "../ui/toasts.svelte";
import { begin as ask } from "../wire/messages";
import { wordsOf } from "../wire/words";

/** Opens the conversation with somebody, or says why not. */
export async function begin(person: string, how: { replace?: boolean } = {}): Promise<void> {
  try {
    const { id } = await ask(person);
    await navigate("/messages/:id", { params: { id }, replace: how.replace ?? false });
  } catch (error) {
    tell(wordsOf(error), "wrong");
  }
}

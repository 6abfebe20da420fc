import { tell } from "../ui/toasts.svelte";
import { wordsOf } from "../wire/words";

/** Waits for what a person asked for; says what went wrong, if it did. Whether it went well. */
export async function attempt(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked;
    return true;
  } catch (error) {
    tell(wordsOf(error), "wrong");
    return false;
  }
}

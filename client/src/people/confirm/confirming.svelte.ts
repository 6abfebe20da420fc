/** What matters too much for a device that was left open: the node asks for a proof first, and then it is done. */
import { Refused } from "../../wire/problem";

let settle = $state.raw<((proved: boolean) => void) | null>(null);

export const confirming = {
  get open(): boolean {
    return settle !== null;
  },
};

/** The person has proved to be themselves, or would rather not. */
export function answer(proved: boolean): void {
  settle?.(proved);
  settle = null;
}

/** Does it; if the node wants to know first that it is really them, asks and does it then. False: they would rather not. */
export async function sensitively(act: () => Promise<void>): Promise<boolean> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Refused) || error.problem.code !== "confirmation_needed") throw error;
    if (!(await proof())) return false;
    await act();
  }
  return true;
}

function proof(): Promise<boolean> {
  answer(false);
  return new Promise((resolve) => {
    settle = resolve;
  });
}

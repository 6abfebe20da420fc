import { flushSync } from "svelte";
import { expect, test } from "vitest";
import { Asked, Paged } from "./loading.svelte";

/** Lets every promise and effect that waits have its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await Promise.resolve();
    flushSync();
  }
}

test.each(["fulfilled", "rejected"])(
  "an effect that asks is not run again by an answer that is %s",
  async (ending) => {
    let asked = 0;
    const answer = async () => {
      asked++;
      if (ending === "rejected") throw new Error("away");
      return { items: [], next: null };
    };
    const one = new Asked(answer);
    const list = new Paged(answer);
    const stop = $effect.root(() => {
      $effect(() => void one.ask());
      $effect(() => void list.first());
    });
    await settle();
    stop();
    expect(asked).toBe(2);
  },
);

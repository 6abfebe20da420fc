/** The time of day, told anew every half minute while somebody looks at it. */
import { createSubscriber } from "svelte/reactivity";

const TICK_MS = 30_000;

const ticking = createSubscriber((update) => {
  const timer = setInterval(update, TICK_MS);
  return () => clearInterval(timer);
});

export const clock = {
  get now(): number {
    ticking();
    return Date.now();
  },
};

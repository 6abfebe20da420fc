/** The second, told anew while somebody looks at it: `now` as `performance.now()`, `wall` as the time of day, in ms. */
import { createSubscriber } from "svelte/reactivity";

const TICK_MS = 1000;

const ticking = createSubscriber((update) => {
  const timer = setInterval(update, TICK_MS);
  return () => clearInterval(timer);
});

export const moment = {
  get now(): number {
    ticking();
    return performance.now();
  },
  get wall(): number {
    ticking();
    return Date.now();
  },
};

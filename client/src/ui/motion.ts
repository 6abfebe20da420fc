import { prefersReducedMotion } from "svelte/motion";

/** `ms`, or nothing for those who prefer less motion. */
export const lasting = (ms: number): number => (prefersReducedMotion.current ? 0 : ms);

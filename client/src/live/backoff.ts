/** Delays between attempts, in ms, before jitter: quick at first, since most breaks and restarts are short. */
const STEPS = [250, 500, 1000, ...new Array<number>(15).fill(2000), 5000] as const;
const LONGEST = 8000;

/**
 * How long to wait before attempt number `attempt` (from 0).
 * `chance` in [0, 1) spreads a room of people over half to one and a half times the step.
 */
export function backoff(attempt: number, chance: number): number {
  const step = STEPS[attempt] ?? LONGEST;
  return Math.round(step * (0.5 + chance));
}

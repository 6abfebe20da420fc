import { fields, number } from "./decode";

/** How loud each person on stage is, 0 to 1, by CSRC; who is absent is silent. */
export type Levels = ReadonlyMap<number, number>;

/** What one `levels` message says. Throws `Malformed`. */
export function levels(data: unknown): Levels {
  const heard = new Map<number, number>();
  for (const [csrc, level] of Object.entries(fields(data))) {
    heard.set(Number(csrc), Math.min(100, Math.max(0, number(level))) / 100);
  }
  return heard;
}

/** Below this, a level is breath and room noise: no ring. */
const TALKING = 0.05;

/** A ring falls by this factor per step of 200 ms, so that a pause between words does not make it blink. */
const FALL = 0.55;

/** The levels to draw after `told`: up at once, down slowly. */
export function eased(drawn: Levels, told: Levels): Levels {
  const next = new Map<number, number>();
  for (const csrc of new Set([...drawn.keys(), ...told.keys()])) {
    const level = Math.max(told.get(csrc) ?? 0, (drawn.get(csrc) ?? 0) * FALL);
    if (level >= TALKING) next.set(csrc, level);
  }
  return next;
}

/** Levels come every 200 ms while somebody is audible, to a large audience every second; older ones tell nothing of now. */
const FRESH_MS = 1_400;

export function isFresh(toldAt: number, now: number): boolean {
  return now - toldAt < FRESH_MS;
}

/** What a packet's CSRC list alone can tell: somebody is audible. Drawn while the feed is silent. */
const AUDIBLE = 0.35;

export function audible(csrcs: readonly number[]): Levels {
  return new Map(csrcs.map((csrc) => [csrc, AUDIBLE]));
}

/** Whether anybody but `me` is talking. */
export function othersTalk(told: Levels, me: number | undefined): boolean {
  for (const [csrc, level] of told) if (csrc !== me && level >= TALKING) return true;
  return false;
}

/** Who is loudest, for the dock's line. */
export function loudest(drawn: Levels): number | undefined {
  let found: number | undefined;
  let most = 0;
  for (const [csrc, level] of drawn) {
    if (level > most) [found, most] = [csrc, level];
  }
  return found;
}

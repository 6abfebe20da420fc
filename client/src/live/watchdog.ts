/** Notices that packets should come and do not. */
export interface Watchdog {
  readonly packets: number;
  /** When packets last moved, or none were due. */
  readonly well: number;
  readonly checked: number;
}

/** So long without a packet that was due, in ms, and the path is dead. */
const PATIENCE = 1500;

/** A check that comes later than this after the last one was slept through: it proves nothing. */
const SLEPT = 1200;

export function watch(now: number, packets = 0): Watchdog {
  return { packets, well: now, checked: now };
}

/** The watchdog after one look (every 250–500 ms) at the packets received so far, over all receivers. */
export function look(dog: Watchdog, packets: number, due: boolean, now: number): Watchdog {
  const fine = packets !== dog.packets || !due || now - dog.checked > SLEPT;
  return { packets, well: fine ? now : dog.well, checked: now };
}

export function isStalled(dog: Watchdog): boolean {
  return dog.checked - dog.well >= PATIENCE;
}

/** Notices that sound should come and does not: levels say that somebody talks, and no packet arrives. */
export interface Watchdog {
  readonly packets: number;
  /** When packets last moved, or nobody talked. */
  readonly well: number;
  readonly checked: number;
}

/** So long without a packet, in ms, while somebody talks, and the path is dead. */
const PATIENCE = 1500;

/** A check that comes later than this after the last one was slept through: it proves nothing. */
const SLEPT = 1200;

export function watch(now: number): Watchdog {
  return { packets: 0, well: now, checked: now };
}

/** The watchdog after one look (every 250–500 ms) at the packets received so far, over all receivers. */
export function look(dog: Watchdog, packets: number, talking: boolean, now: number): Watchdog {
  const fine = packets !== dog.packets || !talking || now - dog.checked > SLEPT;
  return { packets, well: fine ? now : dog.well, checked: now };
}

export function isStalled(dog: Watchdog): boolean {
  return dog.checked - dog.well >= PATIENCE;
}

import type { Person } from "../wire/shapes";
import { here, type Room } from "./room";

/** What one saw of a Space, for the page that says goodbye. */
export interface Memory {
  readonly title: string;
  readonly host: Person;
  readonly startedAt: string | null;
  /** The most people that were seen in the room at once. */
  readonly most: number;
  /** Who was seen with an open microphone. */
  readonly spoke: readonly Person[];
  /** REC was seen, or was on before one came. */
  readonly recorded: boolean;
}

/** The memory after a look at the room; the same object when there was nothing new. */
export function remembered(before: Memory | null, room: Room): Memory {
  const { title, host, started_at: startedAt, stage } = room.space;
  const known = before?.spoke ?? [];
  const fresh = stage.filter((seat) => !seat.muted && !known.some((one) => one.id === seat.person.id));
  const most = Math.max(before?.most ?? 0, here(room));
  const recorded = (before?.recorded ?? false) || room.space.recorded;
  const same =
    before?.recorded === recorded &&
    before.title === title &&
    before.host.id === host.id &&
    before.most === most;
  if (before !== null && same && fresh.length === 0) return before;
  return { title, host, startedAt, most, spoke: [...known, ...fresh.map((seat) => seat.person)], recorded };
}

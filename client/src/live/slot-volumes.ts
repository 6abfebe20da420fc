import type { Seat } from "../wire/shapes";

/** The CSRC of whoever plays in each of one's slots; `null` in a silent one. */
export type Slots = readonly (number | null)[];

/** How loud each slot is played, 0 to 1, by what one wished for the person who plays in it. */
export function slotVolumes(
  slots: Slots,
  stage: readonly Seat[],
  wishes: ReadonlyMap<string, number>,
): readonly number[] {
  const byCsrc = new Map(stage.map((seat) => [seat.csrc, wishes.get(seat.person.id) ?? 1]));
  return slots.map((csrc) => (csrc === null ? 1 : (byCsrc.get(csrc) ?? 1)));
}

import { describe, expect, it } from "vitest";
import type { Seat } from "../wire/shapes";
import { slotVolumes } from "./slot-volumes";

const seat = (id: string, csrc: number): Seat => ({
  person: { id, username: id, display_name: id, picture_url: null, live_space: null },
  role: "speaker",
  muted: false,
  held: false,
  csrc,
  connected: true,
});

describe("the volumes of the slots", () => {
  const stage = [seat("ann", 7), seat("ben", 8)];

  it("follow the person, into whichever slot they come", () => {
    const wishes = new Map([["ben", 0.25]]);
    expect(slotVolumes([7, 8, null], stage, wishes)).toEqual([1, 0.25, 1]);
    expect(slotVolumes([8, null, 7], stage, wishes)).toEqual([0.25, 1, 1]);
  });

  it("are full for somebody of whom nothing was wished, and for whom the stage does not know yet", () => {
    expect(slotVolumes([7, 99], stage, new Map())).toEqual([1, 1]);
  });
});

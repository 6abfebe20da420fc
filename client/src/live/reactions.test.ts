import { describe, expect, it } from "vitest";
import { batch, LIFE_MS, NO_REACTIONS, react, settle, told } from "./reactions";

const said = (from: readonly (readonly [string, string])[], sum: Record<string, number> = {}) =>
  batch({ from, sum });

describe("reactions", () => {
  it("rise from the face of whoever sent them, for four seconds", () => {
    const state = told(NO_REACTIONS, said([["7", "👏"]], { "👏": 1 }), "1", 0);
    expect(state.floats).toMatchObject([{ emoji: "👏", from: "7", born: 0 }]);
    expect(settle(state, LIFE_MS - 1).floats).toHaveLength(1);
    expect(settle(state, LIFE_MS).floats).toEqual([]);
  });

  it("show one's own at once, and not again when it comes back", () => {
    const mine = react(NO_REACTIONS, "1", "💜", 0);
    if (!mine) throw new Error("the first is allowed");
    const state = told(mine, said([["1", "💜"]], { "💜": 1 }), "1", 200);
    expect(state.floats).toHaveLength(1);
  });

  it("are at most five a second", () => {
    let state = NO_REACTIONS;
    for (let sent = 0; sent < 5; sent += 1) {
      const next = react(state, "1", "👋", sent * 10);
      if (!next) throw new Error("five are allowed");
      state = next;
    }
    expect(react(state, "1", "👋", 60)).toBeUndefined();
    expect(react(state, "1", "👋", 1000)).toBeDefined();
  });

  it("become a stream in a large room, denser with the sum but never endless", () => {
    const some = told(NO_REACTIONS, said([], { "💯": 8 }), "1", 0).floats.length;
    const many = told(NO_REACTIONS, said([], { "💯": 1000 }), "1", 0).floats.length;
    expect(some).toBeGreaterThan(1);
    expect(many).toBeGreaterThan(some);
    expect(many).toBeLessThanOrEqual(10);
  });

  it("are only the six", () => {
    expect(told(NO_REACTIONS, said([["7", "🍕"]], { "🍕": 3 }), "1", 0).floats).toEqual([]);
  });
});

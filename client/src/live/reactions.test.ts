import { describe, expect, it } from "vitest";
import { batch, LIFE_MS, NO_REACTIONS, type Reactions, react, settle, told } from "./reactions";

const sum = (state: Reactions) => state.floats.map((one) => `${one.from ?? "-"}${one.emoji}`);

describe("reactions", () => {
  it("show one's own at once, and not again when it comes back", () => {
    const mine = react(NO_REACTIONS, "me", "💜", 0) as Reactions;
    const back = told(
      mine,
      batch({
        from: [
          ["me", "💜"],
          ["ana", "👏"],
        ],
        sum: { "💜": 1, "👏": 1 },
      }),
      "me",
      200,
    );
    expect(sum(back)).toEqual(["me💜", "ana👏"]);
  });

  it("show one's own from another window", () => {
    expect(sum(told(NO_REACTIONS, batch({ from: [["me", "💜"]], sum: { "💜": 1 } }), "me", 0))).toEqual([
      "me💜",
    ]);
  });

  it("stop at five a second", () => {
    let state: Reactions = NO_REACTIONS;
    for (let turn = 0; turn < 5; turn++) state = react(state, "me", "👏", turn * 10) as Reactions;
    expect(react(state, "me", "👏", 60)).toBeUndefined();
    expect(react(state, "me", "👏", 1001)).toBeDefined();
  });

  it("become a denser stream, not a flood, when many react", () => {
    const few = told(NO_REACTIONS, batch({ from: [], sum: { "💯": 3 } }), "me", 0).floats.length;
    const many = told(NO_REACTIONS, batch({ from: [], sum: { "💯": 900 } }), "me", 0).floats.length;
    expect(few).toBeLessThan(many);
    expect(many).toBeLessThanOrEqual(10);
  });

  it("are gone after four seconds", () => {
    const state = react(NO_REACTIONS, "me", "👋", 0) as Reactions;
    expect(settle(state, LIFE_MS - 1)).toBe(state);
    expect(settle(state, LIFE_MS).floats).toEqual([]);
  });

  it("never fill the screen", () => {
    let state: Reactions = NO_REACTIONS;
    const from = Array.from({ length: 30 }, (_, index) => [`p${index}`, "😂"]);
    for (let turn = 0; turn < 20; turn++) state = told(state, batch({ from, sum: { "😂": 30 } }), "me", turn);
    expect(state.floats.length).toBe(40);
  });

  it("leave out what is not one of the six", () => {
    expect(sum(told(NO_REACTIONS, batch({ from: [["x", "🔪"]], sum: { "🔪": 9 } }), "me", 0))).toEqual([]);
  });
});

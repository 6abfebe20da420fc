import { describe, expect, it } from "vitest";
import { audible, eased, levels, loudest, othersTalk } from "./levels";

describe("rings", () => {
  it("rise at once and fall slowly", () => {
    const loud = eased(new Map(), levels({ "7": 80 }));
    expect(loud.get(7)).toBe(0.8);
    const later = eased(loud, new Map());
    expect(later.get(7)).toBeLessThan(0.8);
    expect(later.get(7)).toBeGreaterThan(0.3);
  });

  it("are gone soon after the last word", () => {
    let drawn = eased(new Map(), levels({ "7": 100 }));
    for (let step = 0; step < 6; step++) drawn = eased(drawn, new Map());
    expect(drawn.size).toBe(0);
  });

  it("know the loudest", () => {
    expect(loudest(levels({ "1": 10, "2": 60, "3": 20 }))).toBe(2);
    expect(loudest(new Map())).toBeUndefined();
  });

  it("do not take oneself for others", () => {
    expect(othersTalk(levels({ "5": 90 }), 5)).toBe(false);
    expect(othersTalk(levels({ "5": 90, "6": 20 }), 5)).toBe(true);
    expect(othersTalk(audible([6]), undefined)).toBe(true);
  });

  it("stay within their bounds, whatever the network says", () => {
    expect([...levels({ "1": 400, "2": -3 }).values()]).toEqual([1, 0]);
    expect(() => levels("loud")).toThrow();
  });
});

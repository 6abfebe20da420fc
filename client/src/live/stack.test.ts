import { describe, expect, it } from "vitest";
import { stacked } from "./stack";

describe("the notes below a stage", () => {
  it("begin in the order in which they matter", () => {
    expect(stacked([], ["away", "rec"])).toEqual(["away", "rec"]);
  });

  it("have what is new above what stands, whatever matters more", () => {
    const rec = stacked<string>([], ["rec"]);
    const away = stacked(rec, ["away", "rec"]);
    expect(away).toEqual(["away", "rec"]);
    expect(stacked(away, ["away", "rec", "queue"])).toEqual(["queue", "away", "rec"]);
  });

  it("stay where they are when one between them goes, and come back on top", () => {
    const three = ["queue", "away", "rec"];
    const two = stacked(three, ["rec", "queue"]);
    expect(two).toEqual(["queue", "rec"]);
    expect(stacked(two, ["away", "rec", "queue"])).toEqual(["away", "queue", "rec"]);
  });
});

import { describe, expect, it } from "vitest";
import { places } from "./places";

describe("places on the stage", () => {
  it.each([
    ["whoever comes first stands in the order given", [], ["a", "b"], ["a", "b"]],
    [
      "whoever comes later stands at the end, whatever their role",
      ["b", "c"],
      ["a", "b", "c"],
      ["b", "c", "a"],
    ],
    [
      "somebody who goes leaves an empty place, and nobody moves",
      ["a", "b", "c"],
      ["a", "c"],
      ["a", null, "c"],
    ],
    ["the next who comes takes it", ["a", null, "c"], ["a", "c", "d"], ["a", "d", "c"]],
    ["two who come take two", ["a", null, "c"], ["a", "c", "d", "e"], ["a", "d", "c", "e"]],
    ["no empty place stands last", ["a", null, "c"], ["a"], ["a"]],
    ["where nobody is, there is no place", ["a"], [], []],
  ] as const)("%s", (_, before, people, after) => {
    expect(places(before, people)).toEqual(after);
  });
});

import { expect, test } from "vitest";
import { type Built, lapsed, nextOf } from "./kept";

const built: Built[] = [
  { url: "index.html", revision: "1", shell: true },
  { url: "assets/index-1.js", revision: null, shell: true },
  { url: "assets/a-1.js", revision: null, shell: false },
  { url: "assets/b-1.js", revision: null, shell: false },
  { url: "assets/c-1.js", revision: null, shell: false },
];

test("what is not kept yet comes in steps, and the shell is not fetched twice", () => {
  expect(nextOf(built, [], 2)).toEqual({ now: ["/assets/a-1.js", "/assets/b-1.js"], left: 1 });
  expect(nextOf(built, ["/assets/a-1.js", "/assets/b-1.js"], 2)).toEqual({
    now: ["/assets/c-1.js"],
    left: 0,
  });
  expect(nextOf(built, ["/assets/a-1.js", "/assets/b-1.js", "/assets/c-1.js"], 2)).toEqual({
    now: [],
    left: 0,
  });
});

test("what another version had is dropped, and what this one has stays", () => {
  expect(lapsed(built, ["/assets/a-0.js", "/assets/a-1.js", "/assets/index-1.js"])).toEqual([
    "/assets/a-0.js",
  ]);
});

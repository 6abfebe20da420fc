import { expect, test } from "vitest";
import { drawn } from "./pushed";

const said = {
  tag: "line:1",
  language: "en",
  people: [{ display_name: "Amara", picture_url: null }],
  count: 1,
  text: null,
  path: "/posts/1",
};

test("what is pushed is drawn in words, and leads to a path of ours", () => {
  expect(drawn(JSON.stringify({ ...said, kind: "like" }))).toMatchObject({
    title: expect.stringContaining("Amara"),
    options: { tag: "line:1", data: { path: "/posts/1" } },
  });
  for (const path of ["//elsewhere.example/", "https://elsewhere.example/", 7])
    expect(drawn(JSON.stringify({ ...said, kind: "like", path }))).toBeNull();
  expect(drawn("{")).toBeNull();
});

test("what a newer node tells of is drawn all the same", () => {
  expect(drawn(JSON.stringify({ ...said, kind: "of tomorrow" }))).toMatchObject({
    title: "There is news for you",
    options: { data: { path: "/posts/1" } },
  });
});

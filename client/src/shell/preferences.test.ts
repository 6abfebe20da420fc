import { expect, test } from "vitest";
import { readPreferences } from "./preferences";

const USUAL = {
  theme: "system",
  contrast: null,
  shortcuts: true,
  captions: false,
  captionSize: "medium",
  captionContrast: false,
  captionsAloud: false,
};

test.each([null, "", "null", "[]", "{", '{"theme":"purple","contrast":"yes","shortcuts":0}'])(
  "%j is the usual",
  (stored) => {
    expect(readPreferences(stored)).toEqual(USUAL);
  },
);

test("what was chosen is kept", () => {
  const chosen = {
    theme: "dark",
    contrast: true,
    shortcuts: false,
    captions: true,
    captionSize: "large",
    captionContrast: true,
    captionsAloud: true,
  };
  expect(readPreferences(JSON.stringify(chosen))).toEqual(chosen);
});

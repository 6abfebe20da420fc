import { expect, test } from "vitest";
import { languages } from "./languages";

test("languages stand in the order of their names, with one's own among them", () => {
  const found = languages("en", "pt-BR");
  expect(found.map(({ label }) => label).slice(0, 2)).toEqual(["Arabic", "Bangla"]);
  expect(found).toContainEqual({ value: "pt-BR", label: "Brazilian Portuguese" });
  expect(new Set(found.map(({ value }) => value)).size).toBe(found.length);
  expect(languages("de", "en")).toContainEqual({ value: "tr", label: "Türkisch" });
});

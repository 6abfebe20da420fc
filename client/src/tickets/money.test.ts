import { expect, test } from "vitest";
import { amountOf, priceWords } from "./money";

test.each([
  ["5", "usd", 500],
  ["4.99", "eur", 499],
  ["4,9", "eur", 490],
  ["500", "jpy", 500],
  ["0.29", "usd", 29],
  ["0", "usd", null],
  ["five", "usd", null],
  ["1.999", "usd", null],
  ["", "usd", null],
] as const)("what is typed as %s %s is %s of the smallest unit", (typed, currency, amount) => {
  expect(amountOf(typed, currency)).toBe(amount);
});

test.each([
  [500, "usd", "$5"],
  [499, "usd", "$4.99"],
  [500, "jpy", "¥500"],
] as const)("%s %s reads %s", (amount, currency, words) => {
  expect(priceWords(amount, currency, "en")).toBe(words);
});

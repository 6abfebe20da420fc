import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { bare, type Problem, Refused, Unreachable } from "./problem";
import { wordsOf } from "./words";

const words = (code: string, more?: Partial<Problem>) => wordsOf(new Refused(bare(code, 403, more)));

test("no answer says to check the connection", () => {
  expect(wordsOf(new Unreachable("no answer"))).toMatch(/connection/u);
});

test("the rule about hosting says how far one is", () => {
  expect(words("cannot_host_yet", { numbers: { followers: 12, needed: 600 } })).toMatch(/600.*12/u);
});

test("a limit says how long to wait", () => {
  expect(words("too_many_requests", { retryAfter: 50 })).toMatch(/in a minute/u);
  expect(words("too_many_requests", { retryAfter: 700 })).toMatch(/in 12 minutes/u);
  expect(words("too_many_requests", { retryAfter: 86_400 })).toMatch(/in 24 hours/u);
});

test("whoever is suspended reads until when, or that it does not end", () => {
  const inAWeek = new Date(Date.now() + 7 * 86_400_000);
  const year = `${inAWeek.getFullYear()}`;
  expect(words("account_suspended", { until: inAWeek.toISOString() })).toContain(year);
  expect(words("account_suspended", { until: "2126-01-01T00:00:00.000Z" })).toMatch(/for good/u);
  expect(words("account_suspended")).toMatch(/write to whoever runs this site/u);
});

test("an unknown code of the node is told in the node's own words", () => {
  expect(words("brand_new", { detail: "The moon is full." })).toBe("The moon is full.");
});

test("an unknown failure of the node blames nobody's input", () => {
  expect(words("http_502", { status: 502, detail: "nginx" })).toMatch(/our side/u);
});

test("every code of docs/errors.md has words", () => {
  const page = readFileSync("../docs/errors.md", "utf8");
  const codes = [...page.matchAll(/^### ([a-z_]+)$/gmu)].map((match) => match[1] ?? "");
  expect(codes.length).toBeGreaterThan(20);
  expect(codes.filter((code) => words(code, { detail: "DETAIL" }) === "DETAIL")).toEqual([]);
});

test("no message is about a code that the node does not have", () => {
  const page = readFileSync("../docs/errors.md", "utf8");
  const messages = readFileSync("messages/en/problems.json", "utf8");
  const ours = ["unreachable", "unknown"];
  const named = Object.keys(JSON.parse(messages)).filter((key) => key.startsWith("problem_"));
  const codes = named.map((key) => key.slice("problem_".length)).filter((code) => !ours.includes(code));
  expect(codes.filter((code) => !page.includes(`### ${code}\n`))).toEqual([]);
});

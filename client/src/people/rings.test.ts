import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Rings } from "./rings";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watched(live: Map<string, string> = new Map()) {
  const asked: string[][] = [];
  const told = new Map<string, string | null>();
  const rings = new Rings({
    ask: async (people) => {
      asked.push([...people]);
      return new Map([...live].filter(([person]) => people.includes(person)));
    },
    told: (person, space) => told.set(person, space),
    forgotten: (person) => told.delete(person),
  });
  return { rings, asked, told, live };
}

const soon = () => vi.advanceTimersByTimeAsync(2000);

test("all faces of a page are one question", async () => {
  const { rings, asked, told } = watched(new Map([["1", "tea"]]));
  for (const person of ["1", "2", "3", "1"]) rings.show(person);
  await soon();
  expect(asked).toEqual([["1", "2", "3"]]);
  expect([...told]).toEqual([
    ["1", "tea"],
    ["2", null],
    ["3", null],
  ]);
});

test("a hint asks again for those who are still shown", async () => {
  const { rings, asked, told, live } = watched(new Map([["1", "tea"]]));
  rings.show("1");
  const hide = rings.show("2");
  await soon();
  hide();
  live.clear();
  rings.stir(0.5);
  rings.stir(0.9);
  await soon();
  expect(asked).toEqual([["1", "2"], ["1"]]);
  expect([...told]).toEqual([["1", null]]);
});

test("a face shown twice is forgotten when the last of them goes", async () => {
  const { rings, told } = watched();
  const [one, other] = [rings.show("1"), rings.show("1")];
  await soon();
  one();
  expect(told.has("1")).toBe(true);
  other();
  expect(told.has("1")).toBe(false);
});

test("nobody is asked for when no face is shown", async () => {
  const { rings, asked } = watched();
  rings.show("1")();
  await soon();
  rings.stir(0);
  await soon();
  expect(asked).toEqual([]);
});

test("more than a hundred people are several questions", async () => {
  const { rings, asked } = watched();
  for (let person = 0; person < 250; person++) rings.show(String(person));
  await soon();
  expect(asked.map((people) => people.length)).toEqual([100, 100, 50]);
});

test("what happens while one asks is asked afterwards, and no answer changes nothing", async () => {
  let answer: (live: Map<string, string>) => void = () => {};
  let fail: () => void = () => {};
  let asked = 0;
  const told: (string | null)[] = [];
  const rings = new Rings({
    ask: () =>
      new Promise((resolve, reject) => {
        asked += 1;
        answer = resolve;
        fail = () => reject(new Error("no network"));
      }),
    told: (_person, space) => told.push(space),
    forgotten: () => {},
  });
  rings.show("1");
  await soon();
  rings.stir(0);
  await soon();
  expect(asked).toBe(1);
  answer(new Map([["1", "tea"]]));
  await soon();
  expect([asked, told]).toEqual([2, ["tea"]]);
  fail();
  await soon();
  expect([asked, told]).toEqual([2, ["tea"]]);
});

test("it is not sure of what is being asked, nor of what nobody answered", async () => {
  const answers: (() => void)[] = [];
  let fails = true;
  const rings = new Rings({
    ask: async () => {
      await new Promise<void>((done) => answers.push(done));
      if (fails) throw new Error("away");
      return new Map();
    },
    told: () => {},
    forgotten: () => {},
  });
  expect(rings.sure).toBe(true);
  rings.show("1");
  expect(rings.sure).toBe(false);
  await soon();
  expect(rings.sure).toBe(false);
  answers.shift()?.();
  await soon();
  expect(rings.sure).toBe(false);
  fails = false;
  rings.stir(0);
  await soon();
  answers.shift()?.();
  await soon();
  expect(rings.sure).toBe(true);
});

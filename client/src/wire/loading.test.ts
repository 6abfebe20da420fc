import { expect, test } from "vitest";
import { Asked, eachOnce, Paged } from "./loading.svelte";

const item = (id: string) => ({ id });

test("an older answer does not overtake a newer one", async () => {
  const answers: ((value: string) => void)[] = [];
  const asked = new Asked(() => new Promise<string>((resolve) => answers.push(resolve)));
  const first = asked.ask();
  const second = asked.ask();
  answers[1]?.("new");
  await second;
  answers[0]?.("old");
  await first;
  expect(asked.now).toEqual({ at: "here", value: "new" });
});

test("what is here stays when asking again fails", async () => {
  let fails = false;
  const asked = new Asked(async () => {
    if (fails) throw new Error("away");
    return 1;
  });
  await asked.ask();
  fails = true;
  await asked.ask();
  expect(asked.now).toEqual({ at: "here", value: 1 });
});

test("a first failure is told", async () => {
  const error = new Error("away");
  const asked = new Asked(() => Promise.reject(error));
  await asked.ask();
  expect(asked.now).toEqual({ at: "failed", error });
});

test("the next page follows the first, and nothing comes twice", async () => {
  const list = new Paged(async (cursor) =>
    cursor === undefined
      ? { items: [item("3"), item("2")], next: "2" }
      : { items: [item("2"), item("1")], next: null },
  );
  await list.first();
  await list.more();
  await list.more();
  expect(list.items.map(({ id }) => id)).toEqual(["3", "2", "1"]);
  expect(list.hasMore).toBe(false);
});

test("of two looks at a list the later counts, in whichever order they are answered, and none from before a change", async () => {
  const answers: ((page: { items: { id: string }[]; next: null }) => void)[] = [];
  const list = new Paged<{ id: string }>(() => new Promise((resolve) => answers.push(resolve)));
  const [older, newer] = [list.look(), list.look()];
  answers[1]?.({ items: [item("2")], next: null });
  answers[0]?.({ items: [item("1")], next: null });
  expect(await newer).toEqual({ items: [item("2")], next: null });
  expect(await older).toBeNull();
  const before = list.look();
  list.drop("2");
  answers[2]?.({ items: [item("2")], next: null });
  expect(await before).toBeNull();
});

test("what is put into a list stays on top of the page that was on its way meanwhile, unless it was taken out again", async () => {
  const answers: ((page: { items: { id: string }[]; next: null }) => void)[] = [];
  const list = new Paged<{ id: string }>(() => new Promise((resolve) => answers.push(resolve)));
  const first = list.first();
  list.putFirst(item("2"));
  list.putFirst(item("3"));
  list.drop("2");
  answers[0]?.({ items: [item("1")], next: null });
  await first;
  expect(list.items).toEqual([item("3"), item("1")]);
  const look = list.look();
  list.putFirst(item("4"));
  answers[1]?.({ items: [item("3"), item("1")], next: null });
  expect(await look).toBeNull();
  const again = list.first();
  answers[2]?.({ items: [item("9")], next: null });
  await again;
  expect(list.items).toEqual([item("9")]);
});

test("a next page that arrives after a new first page is dropped", async () => {
  let late: (page: { items: { id: string }[]; next: null }) => void = () => undefined;
  const list = new Paged<{ id: string }>((cursor) =>
    cursor === undefined
      ? Promise.resolve({ items: [item("9")], next: "9" })
      : new Promise((resolve) => {
          late = resolve;
        }),
  );
  await list.first();
  const more = list.more();
  await list.first();
  late({ items: [item("8")], next: null });
  await more;
  expect(list.items.map(({ id }) => id)).toEqual(["9"]);
});

test("the first of two with one id stays", () => {
  expect(eachOnce([item("1"), item("2"), item("1")]).map(({ id }) => id)).toEqual(["1", "2"]);
});

test("what is shown is renewed in its place, and nothing is added", async () => {
  const list = new Paged(async () => ({
    items: [
      { id: "2", title: "old" },
      { id: "1", title: "old" },
    ],
    next: null,
  }));
  await list.first();
  list.renew([
    { id: "3", title: "new" },
    { id: "1", title: "new" },
  ]);
  expect(list.items).toEqual([
    { id: "2", title: "old" },
    { id: "1", title: "new" },
  ]);
});

test("an answer from before one's own change changes nothing", async () => {
  const answers: ((page: { items: { id: string; title: string }[]; next: null }) => void)[] = [];
  const list = new Paged(
    () =>
      new Promise<{ items: { id: string; title: string }[]; next: null }>((resolve) => answers.push(resolve)),
  );
  const first = list.first();
  answers[0]?.({ items: [{ id: "1", title: "old" }], next: null });
  await first;
  const refreshed = list.refresh();
  list.renew([{ id: "1", title: "liked" }]);
  answers[1]?.({ items: [{ id: "1", title: "old" }], next: null });
  await refreshed;
  expect(list.items).toEqual([{ id: "1", title: "liked" }]);
});

test("of a part of the list what came stands on top and what is gone is dropped, and the rest stays", async () => {
  const item = (id: string, kind: string) => ({ id, kind });
  const list = new Paged(async () => ({
    items: [item("3", "live"), item("2", "like"), item("1", "live")],
    next: null,
  }));
  await list.first();
  list.bring([item("4", "live"), item("9", "like"), item("1", "live")], ({ kind }) => kind === "live");
  expect(list.items.map(({ id }) => id)).toEqual(["4", "2", "1"]);
});

test("an answer to a question of the one before is dropped", async () => {
  let late: (value: string) => void = () => undefined;
  const asked = new Asked(() => new Promise<string>((resolve) => (late = resolve)));
  const first = asked.ask();
  asked.clear();
  late("theirs");
  await first;
  expect(asked.now).toEqual({ at: "loading" });
});

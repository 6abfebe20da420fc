/** What a person feels, in milliseconds: each line goes into the file that `python -m bench browser` reads. */
import { appendFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Locator } from "@playwright/test";
import { community } from "./harness/accounts.ts";
import { listen, sit } from "./harness/crowd.ts";
import { choose, comeHome, joinBubble, openMicrophone, startSpace } from "./harness/room.ts";
import { loudest } from "./harness/sound.ts";
import { expect, test } from "./harness/test.ts";

async function note(id: string, value: number, unit: string): Promise<void> {
  const file = process.env.COOEE_BENCH_RESULTS ?? "/dev/stdout";
  await appendFile(file, `${JSON.stringify({ id, value: Math.round(value * 100) / 100, unit })}\n`);
}

/** Taps; when the finger came down, as the page saw it (`Date.now()`): what the test's own tools take before it is not the product's. */
async function tap(button: Locator): Promise<number> {
  await button.evaluate(() =>
    addEventListener("pointerdown", () => Object.assign(window, { tappedAt: Date.now() }), {
      capture: true,
      once: true,
    }),
  );
  await button.click();
  return button.page().evaluate(() => (window as unknown as { tappedAt: number }).tappedAt);
}

const middle = (values: number[]) =>
  values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

test.describe("in the demo", () => {
  test.use({ settings: { COOEE_DEMO: "1" } });

  test("from a tap on the bubble to sound", async ({ server, person }) => {
    const { page, listen } = await person(server.address);
    await page.getByRole("button", { name: "Sign in as" }).last().click();
    const bubble = page.getByRole("button", { name: "Join Night radio" }).first();
    const times: number[] = [];
    for (let round = 0; round < 5; round++) {
      let tapped = 0;
      const recording = await listen(async () => {
        await sleep(300);
        await bubble.hover();
        tapped = await tap(bubble);
        await sleep(4000);
      });
      times.push((loudest(recording, "first") ?? Number.NaN) - tapped);
      await page.getByRole("button", { name: "Leave" }).first().click();
      await sleep(1000);
    }
    await note("demo_tap_to_sound", middle(times), "ms");
  });
});

test("from the host's tap on mute to silence, and from the node's return to both back in the room", async ({
  server,
  person,
}) => {
  const [ann, ben, cleo] = await community(server, "ann", "ben", "cleo");
  const a = await person(server.address);
  const b = await person(server.address);
  const c = await person(server.address, { microphone: "novel" });
  await comeHome(a.page, ann);
  await startSpace(a.page, "By the clock");
  for (const [visitor, account] of [
    [b, ben],
    [c, cleo],
  ] as const) {
    await comeHome(visitor.page, account);
    await joinBubble(visitor.page, "By the clock");
  }
  const { live_space } = await ann.ask<{ live_space: string }>("GET", "/people/ann");
  await cleo.ask("POST", `/spaces/${live_space}/requests`, {});
  await ann.ask("POST", `/spaces/${live_space}/requests/${cleo.id}/accept`, {});
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    await openMicrophone(c.page);
    await sleep(3000);
    let tapped = 0;
    const silenced = await b.listen(async () => {
      await sleep(2000);
      await choose(a.page, "Cleo");
      const mute = a.page.getByRole("button", { name: "Mute", exact: true });
      await mute.hover();
      tapped = await tap(mute);
      await sleep(2000);
    });
    const last = loudest(silenced, "last") ?? Number.NaN;
    expect(last).toBeLessThan(tapped + 2000);
    times.push(Math.max(0, last - tapped));
    await ann.ask("POST", `/spaces/${live_space}/people/${cleo.id}/ask-to-unmute`, {});
  }
  await note("mute_effective", middle(times), "ms");

  await server.kill();
  await server.start();
  const back = Date.now();
  for (const { page } of [a, c]) {
    const button = page.getByRole("button", { name: /^Unmute microphone/ });
    await expect(button).not.toHaveAttribute("aria-disabled", "true", { timeout: 30_000 });
  }
  await expect(b.page.getByText("Reconnecting")).toHaveCount(0, { timeout: 30_000 });
  await note("restart_back_in_room", (Date.now() - back) / 1000, "s");
});

const SPEAKERS = 13;
/** A thousand reactions a minute, for half a minute. */
const REACTIONS = 500;
const EACH_MS = 60;

/** Runs in the page: what kept it busy for more than 50 ms without a break. `lively.spec.ts` holds it to its budget. */
function watchLongTasks(): void {
  const tasks: number[] = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) tasks.push(duration);
  }).observe({ type: "longtask" });
  Object.assign(window, { longTasks: tasks });
}

test.describe("in a lively room", () => {
  test.use({ settings: { COOEE_REACTION_LIMIT: "", COOEE_JOIN_ADDRESS_LIMIT: "" } });

  test("what keeps the page busy, with 13 on stage and 1,000 reactions a minute", async ({
    server,
    person,
  }) => {
    const names = Array.from({ length: SPEAKERS + 1 }, (_, place) => `person${place}`);
    const [host, listener, ...speakers] = await community(server, ...names);
    if (!host || !listener) throw new Error("nobody");
    const space = await host.startSpace("Lively");
    const { page: elsewhere } = await person(server.address);
    await listen(elsewhere, host, space);
    for (const speaker of speakers) await sit(elsewhere, speaker, space);
    const { page } = await person(server.address);
    await listener.signIn(page);
    await page.goto(`${server.address}/spaces/${space}`);
    await expect(page.locator(".stage > li")).toHaveCount(SPEAKERS);
    await sleep(2000);
    await page.evaluate(watchLongTasks);
    const stage = [host, ...speakers];
    for (let sent = 0; sent < REACTIONS; sent++) {
      const next = sleep(EACH_MS);
      await stage[sent % stage.length]?.ask("POST", `/spaces/${space}/reactions`, { emoji: "💜" });
      await next;
    }
    const tasks = await page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks);
    await note("room_long_tasks", tasks.length, "tasks");
    await note("room_longest_task", Math.max(0, ...tasks), "ms");
  });
});

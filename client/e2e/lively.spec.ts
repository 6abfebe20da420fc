import { setTimeout as sleep } from "node:timers/promises";
import { type Account, community } from "./harness/accounts.ts";
import { listen, sit } from "./harness/crowd.ts";
import { DESK, PHONE } from "./harness/people.ts";
import { onStage, openSpace } from "./harness/room.ts";
import { tasks } from "./harness/tasks.ts";
import { expect, test } from "./harness/test.ts";

const SPEAKERS = 13;
/** A thousand reactions a minute, for a quarter of one. */
const REACTIONS = 250;
const EACH_MS = 60;
/** The budget of the interface, in processor time: what else the machine does is not counted, and a slow one keeps to it too. */
const LONGEST_MS = 50;

declare global {
  interface Window {
    /** How many reactions rose. */
    floated: number;
  }
}

/** Stands alone: it runs in the page. */
function countFloats(): void {
  window.floated = 0;
  const layer = document.querySelector(".layer");
  if (layer === null) throw new Error("nothing floats here");
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) window.floated += addedNodes.length;
  }).observe(layer, { childList: true });
}

// Measured as most people have it: at the whole browser, and everything moves.
test.use({
  settings: { COOEE_REACTION_LIMIT: "", COOEE_JOIN_ADDRESS_LIMIT: "" },
  light: false,
  motion: true,
});

for (const [size, equipment] of [
  ["a phone", PHONE],
  ["a desk", DESK],
] as const) {
  test(`no task of the page takes longer than 50 ms with 13 on stage and 1,000 reactions a minute, at ${size}`, async ({
    server,
    person,
  }) => {
    const [host, listener, ...speakers] = (await community(
      server,
      ...Array.from({ length: SPEAKERS + 1 }, (_, place) => `person${place}`),
    )) as [Account, Account, ...Account[]];
    const space = await host.startSpace("Lively");
    const { page: elsewhere } = await person(server.address);
    await listen(elsewhere, host, space);
    for (const speaker of speakers) await sit(elsewhere, speaker, space);
    const { page } = await person(server.address, equipment);
    await listener.signIn(page);
    await openSpace(page, server, space);
    await expect(onStage(page)).toHaveCount(SPEAKERS);
    await expect(page.getByText("Connecting", { exact: false })).toHaveCount(0);

    const stage = [host, ...speakers];
    await page.evaluate(countFloats);
    const spent = await tasks(page, async () => {
      for (let sent = 0; sent < REACTIONS; sent++) {
        const next = sleep(EACH_MS);
        await stage[sent % SPEAKERS]?.ask("POST", `/spaces/${space}/reactions`, { emoji: "💜" });
        await next;
      }
      await expect.poll(() => page.evaluate(() => window.floated)).toBeGreaterThan(REACTIONS / 2);
    });
    expect(spent[0]).toBeLessThan(LONGEST_MS);
  });
}

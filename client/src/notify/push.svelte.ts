/** Whether this browser is pushed to, and where else one is. */
import * as browser from "../browser/push";
import { whenSomebodyEnters } from "../people/session.svelte";
import { Asked } from "../wire/loading.svelte";
import * as wire from "../wire/push";

type Listed = Awaited<ReturnType<typeof wire.subscriptions>>;

export interface Pushing {
  /** `unable`: this browser cannot. `denied`: the person said no, and the browser does not ask again. */
  readonly here: "unable" | "denied" | "off" | "on";
  readonly items: Listed["items"];
  readonly key: string;
}

export const pushing = new Asked<Pushing>(async () => told(await wire.subscriptions()));

whenSomebodyEnters(() => pushing.clear());

/** Asks the person and switches it on; false: they said no. */
export async function switchOn(): Promise<boolean> {
  const { key } = await wire.subscriptions();
  const made = await browser.subscribe(key);
  const { endpoint, keys } = made?.toJSON() ?? {};
  if (endpoint && keys?.p256dh && keys.auth)
    pushing.set(await told(await wire.subscribe(endpoint, { p256dh: keys.p256dh, auth: keys.auth })));
  else await pushing.ask();
  return made !== null;
}

/** No device is pushed to any more that is listed under `id`; in this browser, the browser is told too. */
export async function switchOff(id: string): Promise<void> {
  const here = pushing.now.at === "here" && pushing.now.value.items.find((item) => item.id === id)?.current;
  await wire.unsubscribe(id);
  if (here) await (await browser.subscription())?.unsubscribe().catch(() => false);
  await pushing.ask();
}

async function told({ key, items }: Listed): Promise<Pushing> {
  const as = (here: Pushing["here"]) => ({ here, items, key });
  if (!browser.canPush()) return as("unable");
  if (browser.permission() === "denied") return as("denied");
  const made = await browser.subscription();
  const on = made !== null && browser.isFor(made, key) && items.some(({ current }) => current);
  return as(on ? "on" : "off");
}

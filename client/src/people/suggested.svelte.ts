/** People to follow: asked once, shown in more than one place. */
import { Asked } from "../wire/loading.svelte";
import { suggested as ask } from "../wire/people";
import { sawAll } from "./follows.svelte";
import { whenSomebodyEnters } from "./session.svelte";

export const suggested = new Asked(async () => {
  const { items } = await ask();
  sawAll(items, false);
  return items;
});

whenSomebodyEnters(() => suggested.clear());

/** People to follow: asked once, shown in more than one place. */
import { Asked } from "../wire/loading.svelte";
import { suggested as ask } from "../wire/people";
import { relationTo, saw } from "./relations.svelte";
import { whenSomebodyEnters } from "./session.svelte";

const asked = new Asked(async () => {
  const { items } = await ask();
  saw(items);
  return items;
});

/** Whoever was followed since stays in sight, with the button that undoes it; whoever was blocked goes. */
export const suggested = {
  get now() {
    const { now } = asked;
    if (now.at !== "here") return now;
    return {
      ...now,
      value: now.value.filter(({ id }) => !relationTo(id)?.blocking && !relationTo(id)?.muting),
    };
  },
  ask: () => asked.ask(),
};

whenSomebodyEnters(() => asked.clear());

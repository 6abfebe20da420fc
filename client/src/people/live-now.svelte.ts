/** Where people are live, wherever their faces are shown: as they came, and as the node's hints say since. */
import { SvelteMap } from "svelte/reactivity";
import { onNews } from "../wire/me-feed";
import { rings as ask } from "../wire/people";
import type { Person } from "../wire/shapes";
import { Rings } from "./rings";
import { whenSomebodyEnters } from "./session.svelte";

const told = new SvelteMap<string, string | null>();
const rings = new Rings({
  ask: async (people) => new Map((await ask(people)).items.map(({ person, space }) => [person, space])),
  told: (person, space) => {
    if (told.get(person) !== space) told.set(person, space);
  },
  forgotten: (person) => told.delete(person),
});
let shown = 0;
let deaf: (() => void) | undefined;

/** The public Space in which somebody is on stage, as far as is known. */
export const liveSpaceOf = (person: Pick<Person, "id" | "live_space">): string | null => {
  const since = told.get(person.id);
  return since === undefined ? person.live_space : since;
};

/** Keeps what is known of somebody fresh, until the answer is called. */
export function keepRing(person: string): () => void {
  if (shown++ === 0) deaf = onNews("bubbles", () => rings.stir(Math.random()));
  const hide = rings.show(person);
  return () => {
    hide();
    if (--shown > 0) return;
    deaf?.();
    deaf = undefined;
  };
}

whenSomebodyEnters(() => told.clear());

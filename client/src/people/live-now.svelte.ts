/** Where people are live, wherever their faces are shown: as they came, and as the node's hints say since. */
import { SvelteMap } from "svelte/reactivity";
import { Later, onNews } from "../wire/me-feed";
import { type News, spacesIn } from "../wire/news";
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
const later = new Later(() => rings.stir(0));
let shown = 0;
let deaf: (() => void) | undefined;

/** The public Space in which somebody is on stage, as far as is known. */
export const liveSpaceOf = (person: Pick<Person, "id" | "live_space">): string | null => {
  const since = told.get(person.id);
  return since === undefined ? person.live_space : since;
};

/** Of faces that are shown: who came on a stage is asked for, who is known to be on one and is no more is known from the news. */
function hear(says: News["says"] | null): void {
  if (says === null) {
    rings.stir(Math.random());
    return;
  }
  const spaces = [...spacesIn(says).values()];
  for (const { id, state, speakers } of spaces) {
    const there = new Set(state === "live" ? speakers.map((person) => person.id) : []);
    for (const [person, space] of told) if (space === id && !there.has(person)) told.set(person, null);
  }
  const came = spaces
    .flatMap(({ speakers }) => speakers)
    .some(({ id }) => told.has(id) && told.get(id) === null);
  if (came || !rings.sure) later.after(says);
}

/** Keeps what is known of somebody fresh, until the answer is called. */
export function keepRing(person: string): () => void {
  if (shown++ === 0) deaf = onNews("bubbles", hear);
  const hide = rings.show(person);
  return () => {
    hide();
    if (--shown > 0) return;
    deaf?.();
    later.cancel();
    deaf = undefined;
  };
}

whenSomebodyEnters(() => told.clear());

import { m } from "../paraglide/messages";
import type { Person, SpaceCard } from "../wire/shapes";

/** The title, or whose Space it is if it has none. */
export function titleOf(space: { title: string; host: Person }): string {
  return space.title || m.space_of({ name: space.host.display_name });
}

/** Everybody on stage, the host first, each once. */
export function onStage(card: SpaceCard): readonly Person[] {
  return [card.host, ...card.speakers.filter((person) => person.id !== card.host.id)];
}

/** How many people are in the room: stage and audience. */
export function here(card: SpaceCard): number {
  return onStage(card).length + card.listeners;
}

/** Whom one is about to block: what follows from it is said before, from wherever one asks. */
import type { Person, Profile } from "../wire/shapes";

interface Asked {
  readonly person: Person;
  readonly changed: ((profile: Profile) => void) | undefined;
}

let asked = $state.raw<Asked | null>(null);
let ever = $state(false);

export const blocking = {
  get asked(): Asked | null {
    return asked;
  },
  /** Whether anybody was asked about since the page was loaded: until then nobody needs the words. */
  get ever(): boolean {
    return ever;
  },
};

export function askToBlock(person: Person, changed?: (profile: Profile) => void): void {
  asked = { person, changed };
  ever = true;
}

export function stopAsking(): void {
  asked = null;
}

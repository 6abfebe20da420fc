/** Whom one invites into a Space by message, and who could not be reached. */
import { SvelteMap, SvelteSet } from "svelte/reactivity";
import { m } from "../paraglide/messages";
import { attempt } from "../spaces/attempt";
import { tell } from "../ui/toasts.svelte";
import type { Person } from "../wire/shapes";
import { inviteByMessage } from "../wire/spaces";
import { wordsOfCode } from "../wire/words";

/** As many as the node takes at once. */
const MOST = 100;

export class Invitation {
  readonly #space: string;
  readonly chosen = new SvelteMap<string, Person>();
  /** By person: why they were not invited. */
  readonly refused = new SvelteMap<string, string>();
  /** Who has the invitation since this sheet is open. */
  readonly sent = new SvelteSet<string>();
  text = $state("");
  busy = $state(false);

  constructor(space: string) {
    this.#space = space;
  }

  toggle(person: Person): void {
    this.refused.delete(person.id);
    if (this.chosen.has(person.id)) this.chosen.delete(person.id);
    else if (this.chosen.size < MOST) this.chosen.set(person.id, person);
  }

  /** Whether everybody who was chosen has the invitation; afterwards nobody is chosen any more, unless all failed. */
  async send(): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    let reached = false;
    await attempt(
      inviteByMessage(this.#space, [...this.chosen.keys()], this.text.trim()).then(({ invited, refused }) => {
        if (invited.length > 0) tell(m.share_sent({ count: invited.length }));
        for (const { person, code } of refused) this.refused.set(person, wordsOfCode(code));
        for (const person of invited) this.sent.add(person);
        this.chosen.clear();
        reached = refused.length === 0;
      }),
    );
    this.busy = false;
    return reached;
  }
}

/** Who of those whose faces are shown is live: asked for all of them at once, whenever somebody goes on a stage or off it. */

/** No request asks for more. */
const MOST = 100;
/** What happens within this time is one question; spread, so that not all pages ask at the same moment. */
const GATHER_MS = 300;

export interface RingsNeed {
  /** The live Spaces of those of `people` who are live. */
  ask(people: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Somebody's Space, or that they are in none. */
  told(person: string, space: string | null): void;
  /** Nobody shows this face any more. */
  forgotten(person: string): void;
}

export class Rings {
  readonly #shown = new Map<string, number>();
  readonly #needs: RingsNeed;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = false;
  #again = false;
  #failed = false;

  constructor(needs: RingsNeed) {
    this.#needs = needs;
  }

  /** A face is shown, until the answer is called. */
  show(person: string): () => void {
    const before = this.#shown.get(person) ?? 0;
    this.#shown.set(person, before + 1);
    if (before === 0) this.stir(0);
    return () => {
      const left = (this.#shown.get(person) ?? 1) - 1;
      if (left > 0) this.#shown.set(person, left);
      else {
        this.#shown.delete(person);
        this.#needs.forgotten(person);
      }
    };
  }

  /** All that is shown was answered, and nothing is on its way that an older state may come with. */
  get sure(): boolean {
    return !this.#asking && this.#timer === undefined && !this.#failed;
  }

  /** Something changed somewhere: asks soon. `chance`, 0 to 1, says how soon after the first moment. */
  stir(chance: number): void {
    if (this.#asking) this.#again = true;
    else this.#timer ??= setTimeout(() => void this.#ask(), GATHER_MS * (1 + 4 * chance));
  }

  async #ask(): Promise<void> {
    this.#timer = undefined;
    this.#asking = true;
    this.#failed = false;
    const people = [...this.#shown.keys()];
    for (let at = 0; at < people.length; at += MOST) await this.#askFor(people.slice(at, at + MOST));
    this.#asking = false;
    if (!this.#again) return;
    this.#again = false;
    this.stir(0);
  }

  /** Without an answer all stay as they are: the next news ask again. */
  async #askFor(people: readonly string[]): Promise<void> {
    const live = await this.#needs.ask(people).catch(() => null);
    if (!live) {
      this.#failed = true;
      return;
    }
    for (const person of people) {
      if (this.#shown.has(person)) this.#needs.told(person, live.get(person) ?? null);
    }
  }
}

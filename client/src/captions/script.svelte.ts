/** What is said in the Space one is in, for whoever switched captions on. */
import { merged, missed, type Seeming, type Told, told } from "../live/captions";
import type { CaptionLine } from "../live/shapes";
import { who } from "../people/session.svelte";
import { onCaptions } from "../spaces/visit.svelte";
import * as wire from "../wire/captions";

/** Follows one Space until it is left. */
export class Script {
  /** In their order. */
  lines = $state.raw<readonly CaptionLine[]>([]);
  interim = $state.raw<readonly Seeming[]>([]);
  private readonly space: string;
  private readonly stop: () => void;

  constructor(space: string) {
    this.space = space;
    this.stop = onCaptions((data) => this.hear(told(data)));
    void this.ask();
  }

  leave(): void {
    this.stop();
  }

  private hear(said: Told): void {
    const gap = missed(this.lines, said.lines);
    this.lines = merged(this.lines, said.lines);
    this.interim = said.interim;
    if (gap) void this.ask();
  }

  /** What was said before. Guests are told nothing of it. */
  private async ask(): Promise<void> {
    if (who.me === null) return;
    try {
      const { items } = await wire.said(this.space);
      this.lines = merged(this.lines, items);
    } catch {
      // The next gap, or the next return, asks again.
    }
  }
}

/** What one is about to pass on. The sheet for it is loaded when one first shares. */
import type { Audience } from "../wire/shapes";

/** A Space, as far as the sheet needs to know it. */
export interface Shared {
  readonly id: string;
  readonly title: string;
  readonly host: { readonly id: string; readonly display_name: string };
  /** Unknown from a card: the node says no where one may not invite. */
  readonly audience?: Audience;
  /** Nobody new comes in but by a host's invitation. */
  readonly locked?: boolean;
  /** One is host or co-host of it. */
  readonly hosting?: boolean;
}

type Sheet = typeof import("./ShareSheet.svelte").default;

let shared = $state.raw<Shared | null>(null);
let sheet = $state.raw<Sheet | null>(null);

export const sharing = {
  get now(): { readonly shared: Shared; readonly Sheet: Sheet } | null {
    return shared && sheet && { shared, Sheet: sheet };
  },
};

export async function share(what: Shared): Promise<void> {
  try {
    sheet ??= (await import("./ShareSheet.svelte")).default;
    shared = what;
  } catch {
    // src/shell/renewal.svelte.ts says why.
  }
}

export function shareNoMore(): void {
  shared = null;
}

/** Where a Space is, for those who get the link. */
export const linkTo = (id: string): string => `${location.origin}/spaces/${id}`;

import { fold } from "../spaces/place.svelte";

interface Entry {
  readonly covered?: true;
}

const covered = (): boolean => (history.state as Entry | null)?.covered === true;

/** While a room covers the page, "back" folds it instead of leaving the page. Runs while the calling component lives. */
export function keepBackFolding(covers: () => boolean): void {
  $effect(() => {
    if (!covers()) return undefined;
    history.pushState({ ...history.state, covered: true }, "");
    window.addEventListener("popstate", fold);
    return () => {
      window.removeEventListener("popstate", fold);
      if (covered()) history.back();
    };
  });
}

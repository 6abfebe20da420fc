/** What this browser was told about how Cooee should look and behave. Kept here, not on the node. */
import { MediaQuery } from "svelte/reactivity";
import { type Preferences, readPreferences } from "./preferences";

const KEY = "cooee.preferences";

export const preferences: Preferences = $state(readPreferences(kept()));

/** What was chosen; nothing in a frame of another site, which may have no storage. */
function kept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

const systemDark = new MediaQuery("(prefers-color-scheme: dark)");
const systemContrast = new MediaQuery("(prefers-contrast: more)");

export const look = {
  get dark(): boolean {
    return preferences.theme === "dark" || (preferences.theme === "system" && systemDark.current);
  },
  get contrast(): boolean {
    return preferences.contrast ?? systemContrast.current;
  },
};

/** Keeps the page and the store as the preferences say. Runs while the calling component lives. */
export function keepPreferences(): void {
  $effect(() => {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  });
  $effect(() => {
    const root = document.documentElement;
    root.dataset.theme = look.dark ? "dark" : "light";
    if (look.contrast) root.dataset.contrast = "more";
    else delete root.dataset.contrast;
    const paper = look.dark ? "#0e0d15" : "#fdfdfe";
    for (const meta of document.querySelectorAll("meta[name='theme-color']"))
      meta.setAttribute("content", paper);
  });
}

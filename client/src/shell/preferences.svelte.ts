/** What this browser was told about how Cooee should look and behave. Kept here, not on the node. */
import { MediaQuery } from "svelte/reactivity";

export type Theme = "system" | "light" | "dark";

export interface Preferences {
  theme: Theme;
  /** Null follows the system. */
  contrast: boolean | null;
  /** Single-key shortcuts (WCAG 2.1.4 wants a way to switch them off). */
  shortcuts: boolean;
}

const KEY = "cooee.preferences";
const USUAL: Preferences = { theme: "system", contrast: null, shortcuts: true };

/** Preferences from what was stored, whatever that is. */
export function readPreferences(stored: string | null): Preferences {
  const told = parse(stored);
  return {
    theme: told.theme === "light" || told.theme === "dark" ? told.theme : USUAL.theme,
    contrast: typeof told.contrast === "boolean" ? told.contrast : USUAL.contrast,
    shortcuts: typeof told.shortcuts === "boolean" ? told.shortcuts : USUAL.shortcuts,
  };
}

function parse(stored: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(stored ?? "{}");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

export const preferences: Preferences = $state(
  readPreferences(globalThis.localStorage?.getItem(KEY) ?? null),
);

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
  });
}

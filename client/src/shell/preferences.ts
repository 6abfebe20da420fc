type Theme = "system" | "light" | "dark";

export interface Preferences {
  theme: Theme;
  /** Null follows the system. */
  contrast: boolean | null;
  /** Single-key shortcuts (WCAG 2.1.4 wants a way to switch them off). */
  shortcuts: boolean;
}

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

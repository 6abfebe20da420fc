type Theme = "system" | "light" | "dark";
type Size = "small" | "medium" | "large";

export interface Preferences {
  theme: Theme;
  /** Null follows the system. */
  contrast: boolean | null;
  /** Single-key shortcuts (WCAG 2.1.4 wants a way to switch them off). */
  shortcuts: boolean;
  /** What is said stands there to be read, in every Space. */
  captions: boolean;
  captionSize: Size;
  /** White on black. */
  captionContrast: boolean;
  /** Screen readers read each line. */
  captionsAloud: boolean;
}

const USUAL: Preferences = {
  theme: "system",
  contrast: null,
  shortcuts: true,
  captions: false,
  captionSize: "medium",
  captionContrast: false,
  captionsAloud: false,
};

/** Preferences from what was stored, whatever that is. */
export function readPreferences(stored: string | null): Preferences {
  const told = parse(stored);
  return {
    theme: told.theme === "light" || told.theme === "dark" ? told.theme : USUAL.theme,
    contrast: typeof told.contrast === "boolean" ? told.contrast : USUAL.contrast,
    shortcuts: typeof told.shortcuts === "boolean" ? told.shortcuts : USUAL.shortcuts,
    captions: told.captions === true,
    captionSize:
      told.captionSize === "small" || told.captionSize === "large" ? told.captionSize : USUAL.captionSize,
    captionContrast: told.captionContrast === true,
    captionsAloud: told.captionsAloud === true,
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

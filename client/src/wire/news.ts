/** What the `me` feed tells: of what there is news, and what it says of it. */
export interface News {
  readonly of: Subject;
  /** As the node sent it: read it with care, or just ask again. */
  readonly says: Readonly<Record<string, unknown>>;
}

const SUBJECTS = ["bubbles", "notice", "message"] as const;
export type Subject = (typeof SUBJECTS)[number];

/** The news in a frame of the `me` feed; null if it has none that we know. */
export function newsIn(frame: unknown): News | null {
  if (typeof frame !== "string") return null;
  const told = parse(frame);
  if (told?.type !== "live" || !isRecord(told.data)) return null;
  const named = told.channel === "hint" ? told.data.changed : told.channel;
  const of = SUBJECTS.find(
    (subject) => subject === named && (subject === "bubbles") === (told.channel === "hint"),
  );
  return of ? { of, says: told.data } : null;
}

function parse(frame: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(frame);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

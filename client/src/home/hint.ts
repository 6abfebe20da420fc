/** What a frame of the `me` feed asks to look at again; null if it asks nothing that we know. */
export function hintOf(frame: unknown): "bubbles" | null {
  if (typeof frame !== "string") return null;
  const told = parse(frame);
  if (told?.type !== "live" || told.channel !== "hint") return null;
  const data = told.data;
  return isRecord(data) && data.changed === "bubbles" ? "bubbles" : null;
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
  typeof value === "object" && value !== null;

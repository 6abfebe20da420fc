/** Why a part of the client did not come that is fetched when it is wanted. */
const PATIENCE_MS = 8000;

/** No answer; the node has another version of the client; or neither. */
export type Why = "away" | "renewed" | "failed";

/** Asks the node for its first page, and looks whether that one begins as this page did. */
export async function whyMissing(): Promise<Why> {
  const entry = document.querySelector<HTMLScriptElement>("script[type=module][src]")?.getAttribute("src");
  try {
    const answer = await fetch("/", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!answer.ok) return "away";
    return why(await answer.text(), entry ?? "");
  } catch {
    return "away";
  }
}

export function why(page: string, entry: string): Why {
  return page.includes(`src="${entry}"`) ? "failed" : "renewed";
}

/** Short words at the foot of the page, spoken by screen readers, gone by themselves. */

export interface Toast {
  readonly id: number;
  readonly words: string;
  readonly tone: "quiet" | "wrong";
  /** What one can do about it while it stands there. */
  readonly way: Way | undefined;
}

export interface Way {
  readonly label: string;
  readonly act: () => void;
}

/** More at once than these nobody reads, and they would lie on too much. */
const MOST = 3;
const SHOWN_MS = 5000;
/** What went wrong takes longer to read and matters more. */
const WRONG_SHOWN_MS = 9000;
/** Long enough to be reached by keyboard. */
const WAY_SHOWN_MS = 12_000;

let next = 0;
const shown = $state<Toast[]>([]);

export const toasts: readonly Toast[] = shown;

export function tell(words: string, tone: Toast["tone"] = "quiet", way?: Way): void {
  const same = shown.find((toast) => toast.words === words);
  if (same) drop(same.id);
  const toast = { id: next++, words, tone, way };
  shown.push(toast);
  const oldest = shown.length > MOST ? shown.find((one) => one.way === undefined) : undefined;
  if (oldest) drop(oldest.id);
  setTimeout(() => drop(toast.id), way ? WAY_SHOWN_MS : tone === "wrong" ? WRONG_SHOWN_MS : SHOWN_MS);
}

export function drop(id: number): void {
  const index = shown.findIndex((toast) => toast.id === id);
  if (index >= 0) shown.splice(index, 1);
}

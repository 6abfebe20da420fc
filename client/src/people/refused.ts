import { bare, Refused } from "../wire/problem";
import { wordsOf } from "../wire/words";

/** What went wrong on the way back from another site, as the node wrote it into the address; empty if nothing did. */
export function refusedInAddress(search: string): string {
  const code = new URLSearchParams(search).get("refused");
  if (!code) return "";
  return wordsOf(new Refused(bare(code, 403)));
}

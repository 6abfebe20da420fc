import { Refused } from "../wire/problem";
import { wordsOf } from "../wire/words";

/** What went wrong on the way back from another site, as the node wrote it into the address; empty if nothing did. */
export function refusedInAddress(search: string): string {
  const code = new URLSearchParams(search).get("refused");
  if (!code) return "";
  const nothing = { title: "", detail: "", retryAfter: null, fields: [], numbers: {}, until: null };
  return wordsOf(new Refused({ code, status: 403, ...nothing }));
}

/** What somebody is about to report: the sheet stands once, over all pages, and is loaded when it is first asked for. */
import type { Subject } from "../wire/moderation";

let subject = $state.raw<Subject | null>(null);
let ever = $state(false);

export const reporting = {
  get subject(): Subject | null {
    return subject;
  },
  /** Whether anything was to be reported since the page was loaded: until then nobody needs the sheet. */
  get ever(): boolean {
    return ever;
  },
};

/** Asks what is wrong with it. */
export function report(of: Subject): void {
  subject = of;
  ever = true;
}

export function reported(): void {
  subject = null;
}

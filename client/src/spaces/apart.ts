/** Whom one muted or blocked: the feed of a room does not know. */
import { blocked, muted } from "../wire/people";
import type { List } from "../wire/shapes";

export async function whomOneMutes(): Promise<ReadonlySet<string>> {
  const found = await Promise.all([blocked, muted].map(all));
  return new Set(found.flat());
}

async function all(ask: (cursor?: string) => Promise<List<{ id: string }>>): Promise<string[]> {
  const ids: string[] = [];
  let page = await ask();
  ids.push(...page.items.map(({ id }) => id));
  while (page.next !== null) {
    page = await ask(page.next);
    ids.push(...page.items.map(({ id }) => id));
  }
  return ids;
}

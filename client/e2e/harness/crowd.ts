/** People who fill a room without a browser of their own: their feeds are held by one page that stands elsewhere. */
import type { Page } from "@playwright/test";
import type { Account } from "./accounts.ts";

declare global {
  interface Window {
    feeds: Map<string, WebSocket>;
  }
}

/** Stands alone: it runs in the page. */
function listenTo({ name, url }: { name: string; url: string }): void {
  window.feeds ??= new Map();
  window.feeds.set(name, new WebSocket(url.replace(/^http/u, "ws")));
}

/** Comes in to listen. */
export async function listen(elsewhere: Page, account: Account, space: string): Promise<void> {
  const { feed_url: url } = await account.join(space);
  await elsewhere.evaluate(listenTo, { name: account.username, url });
}

export const goAway = (elsewhere: Page, { username }: Account) =>
  elsewhere.evaluate((name) => window.feeds.get(name)?.close(), username);

/** Takes a seat, or asks for one, and stays there: who has no feed loses it after half a minute. */
export async function sit(elsewhere: Page, account: Account, space: string): Promise<void> {
  await account.join(space);
  await account.ask("POST", `/spaces/${space}/requests`, {});
  // Now: a feed of before the seat would end with it.
  await listen(elsewhere, account, space);
}

export const rise = (account: Account, space: string) => account.ask("DELETE", `/spaces/${space}/stage/me`);

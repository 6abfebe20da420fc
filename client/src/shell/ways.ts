/** The pages that one goes to from everywhere. */
import { unread } from "../messages/unread.svelte";
import { unreadNotices } from "../notify/unread.svelte";
import { m } from "../paraglide/messages";
import { who } from "../people/session.svelte";
import type { IconName } from "../ui/icons";

interface Way {
  readonly href: string;
  readonly label: string;
  readonly icon: IconName;
  /** On a phone one's own face at the top leads there, and the foot has room for the others. */
  readonly own?: true;
  /** How many wait there; with the words for it. */
  readonly waiting?: { readonly count: number; readonly words: string };
}

export const ways = (username: string): readonly Way[] => [
  { href: "/", label: m.home(), icon: "home" },
  { href: "/search", label: m.search(), icon: "search" },
  { href: "/discover", label: m.discover(), icon: "compass" },
  { href: "/messages", label: m.messages(), icon: "chat", ...waiting(unread.count, m.messages_waiting) },
  {
    href: "/notifications",
    label: m.notifications(),
    icon: "bell",
    ...waiting(unreadNotices(), m.notices_waiting),
  },
  { href: `/people/${username}`, label: m.profile(), icon: "person", own: true },
  ...(who.instance?.tickets
    ? [{ href: "/tickets", label: m.my_tickets(), icon: "ticket", own: true } as const]
    : []),
  { href: "/settings", label: m.settings(), icon: "settings", own: true },
];

const waiting = (count: number, words: (inputs: { count: number }) => string): Pick<Way, "waiting"> =>
  count === 0 ? {} : { waiting: { count, words: words({ count }) } };

/** Whether `way` leads to the page at `pathname`, or to one of which that is a part. */
export const leadsTo = (way: Way, pathname: string): boolean =>
  pathname === way.href ||
  (way.href === "/search" && pathname.startsWith("/hashtags/")) ||
  (way.href !== "/" && pathname.startsWith(`${way.href}/`));

/** A way's name for a screen reader, with what waits there. */
export const named = (way: Way): string => (way.waiting ? `${way.label}, ${way.waiting.words}` : way.label);

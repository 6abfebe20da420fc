/** What a notification says, and where it leads. */
import { m } from "../paraglide/messages";
import { count } from "../ui/time";
import type { Notice, NoticeKind } from "../wire/shapes";

const MOST_NAMES = 3;
/** Stands for the names while the words around them are looked up: a character that nobody writes. */
const HERE = "\ue000";

const SAYS: Record<NoticeKind, (inputs: { names: string }) => string> = {
  live: m.notice_live,
  invited: m.notice_invited,
  accepted: m.notice_accepted,
  follow: m.notice_follow,
  follow_request: m.notice_follow_request,
  follow_accepted: m.notice_follow_accepted,
  mention: m.notice_mention,
  reply: m.notice_reply,
  like: m.notice_like,
  repost: m.notice_repost,
  message: m.notice_message,
  soon: m.notice_soon,
  due: m.notice_due,
  reminder: m.notice_reminder,
  moved: m.notice_moved,
  canceled: m.notice_canceled,
  export: m.notice_export,
  report_decided: m.notice_report_decided,
  moderated: m.notice_moderated,
  ticket: m.notice_ticket,
  seat_free: m.notice_seat_free,
  money_back: m.notice_money_back,
  payout_failed: m.notice_payout_failed,
  refund_failed: m.notice_refund_failed,
  refund_owed: m.notice_refund_owed,
};

/** Where the host is hidden, whoever hid them: nobody is named. */
const NAMELESS: Partial<Record<NoticeKind, () => string>> = {
  canceled: m.notice_host_left,
  money_back: m.notice_money_back_left,
};

/** Whether this page has words for what a node tells: a page that is open since before an update has not all. */
export const hasWords = (kind: string): kind is NoticeKind => Object.hasOwn(SAYS, kind);

/** What is told of a line, on a page or by push. */
interface Said {
  readonly kind: NoticeKind;
  readonly people: readonly { readonly display_name: string }[];
  readonly count: number;
}

export interface Piece {
  readonly text: string;
  readonly name: boolean;
}

/** The sentence of a line, with its names apart: they are bold, and may be written the other way round. */
export function sentence(notice: Said, locale: string): Piece[] {
  const nameless = notice.people.length === 0 ? NAMELESS[notice.kind] : undefined;
  if (nameless) return [{ text: nameless(), name: false }];
  const [before = "", after] = SAYS[notice.kind]({ names: HERE }).split(HERE);
  // What the site itself says names nobody.
  if (after === undefined) return [{ text: before, name: false }];
  const pieces = [{ text: before, name: false }, ...names(notice, locale), { text: after, name: false }];
  return pieces.filter(({ text }) => text !== "");
}

function names(notice: Said, locale: string): Piece[] {
  const most = notice.count > MOST_NAMES ? MOST_NAMES - 1 : MOST_NAMES;
  const shown = notice.people.slice(0, most).map((person) => person.display_name);
  const rest = notice.count - shown.length;
  const listed = rest > 0 ? [...shown, m.notice_others({ count: rest, shown: count(rest, locale) })] : shown;
  let at = 0;
  return new Intl.ListFormat(locale).formatToParts(listed).map(({ type, value }) => ({
    text: value,
    name: type === "element" && at++ < shown.length,
  }));
}

const MONEY: Partial<Record<NoticeKind, string>> = {
  payout_failed: "/settings/earnings",
  refund_owed: "/settings/payments",
  refund_failed: "/tickets",
  money_back: "/tickets",
};

/** Where a line leads: to the post, the Space, or the people themselves. */
export function target(notice: Notice, me: { readonly username: string }): string {
  const money = MONEY[notice.kind];
  if (money) return money;
  if (notice.post) return `/posts/${notice.post.id}`;
  if (notice.space) return `/spaces/${notice.space.id}?from=notification`;
  if (notice.title != null) return "/upcoming";
  if (notice.kind === "export") return "/settings/data";
  if (notice.kind === "follow_request") return "/follow-requests";
  if (notice.people.length === 0) return "/settings/reports";
  if (notice.kind === "follow" && notice.count > 1) return `/people/${me.username}/followers`;
  return `/people/${notice.people[0]?.username ?? me.username}`;
}

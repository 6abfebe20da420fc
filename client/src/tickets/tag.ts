/** What is said of a Space's tickets where the Space is seen. */
import { m } from "../paraglide/messages";
import { getLocale } from "../paraglide/runtime";
import { count } from "../ui/time";
import type { SpaceCard } from "../wire/shapes";
import { priceWords } from "./money";

export type CardTicket = NonNullable<SpaceCard["ticket"]>;

/** What one ticket costs. */
export const priceOf = (ticket: CardTicket): string => priceWords(ticket.price, ticket.currency, getLocale());

/** What it takes to come in, and how many are left; or that one has it. A host is told what they ask for. */
export function ticketWords(ticket: CardTicket, hosting = false): string {
  if (ticket.mine && !hosting) return m.ticket_yours_short();
  const price = priceOf(ticket);
  if (ticket.left === 0) return m.ticket_price_none_left({ price });
  return m.ticket_price_left({ price, count: ticket.left, shown: count(ticket.left, getLocale()) });
}

/** Tickets for a Space that is to be, while somebody fills them in. */
import * as wire from "../wire/tickets";
import { amountOf } from "./money";

export interface Wish {
  on: boolean;
  /** As typed, in the currency. */
  price: string;
  seats: string;
  currency: string;
}

export const NO_TICKETS: Wish = { on: false, price: "5", seats: "100", currency: "usd" };

/** Puts them on sale, if they are wanted. */
export async function offerAs(wish: Wish, space: string): Promise<void> {
  if (!wish.on) return;
  await wire.offer(space, { price: amountOf(wish.price, wish.currency) ?? 0, seats: Number(wish.seats) });
}

/** What one can ask of tickets, tips and earnings. Amounts are in the currency's smallest unit. */
import { answerOf, node } from "./node";
import type { components } from "./schema";
import type { List } from "./shapes";

type Schemas = components["schemas"];
export type Tickets = Schemas["Tickets"];
export type Sales = Schemas["Sales"];
export type Seller = Schemas["Seller"];
export type Ticket = Schemas["Ticket"];
export type Place = Schemas["Place"];
export type Earnings = Schemas["Earnings"];
export type Books = Schemas["Books"];
export type LedgerLine = Schemas["LedgerLine"];

const at = (id: string) => ({ params: { path: { id } } });
const sale = (id: string, sale_id: string) => ({ params: { path: { id, sale_id } } });
const code = (id: string, code: string) => ({ params: { path: { id, code } } });

export const read = (id: string) => answerOf(node.GET("/api/v1/spaces/{id}/tickets", at(id)));
export const offer = (id: string, body: { price: number; seats: number; open?: boolean }) =>
  answerOf(node.PUT("/api/v1/spaces/{id}/tickets", { ...at(id), body: { open: true, ...body } }));
export const buy = (id: string, body: { code?: string; for_person?: string }) =>
  answerOf(node.POST("/api/v1/spaces/{id}/tickets", { ...at(id), body }));
export const giveUp = (id: string) => answerOf(node.DELETE("/api/v1/spaces/{id}/tickets/mine", at(id)));
export const wait = (id: string) => answerOf(node.PUT("/api/v1/spaces/{id}/tickets/line", at(id)));
export const waitNoMore = (id: string) => answerOf(node.DELETE("/api/v1/spaces/{id}/tickets/line", at(id)));
export const tip = (id: string, amount: number) =>
  answerOf(node.POST("/api/v1/spaces/{id}/tips", { ...at(id), body: { amount } }));
/** One ticket or tip, as the payment provider knows it now. */
export const mine = (sale_id: string) =>
  answerOf(node.GET("/api/v1/me/tickets/{sale_id}", { params: { path: { sale_id } } }));

/** One bought it for another time. */
export const giveBack = (sale_id: string) =>
  answerOf(node.POST("/api/v1/me/tickets/{sale_id}/return", { params: { path: { sale_id } } }));

/** What one bought or got, and for what one waits. */
export const all = () => answerOf(node.GET("/api/v1/me/tickets"));

export const sold = (id: string) => answerOf(node.GET("/api/v1/spaces/{id}/tickets/sold", at(id)));
export const refund = (id: string, ticket: string) =>
  answerOf(node.POST("/api/v1/spaces/{id}/tickets/sold/{sale_id}/refund", sale(id, ticket)));
export const give = (id: string, people: string[]) =>
  answerOf(node.POST("/api/v1/spaces/{id}/tickets/given", { ...at(id), body: { people } }));
export const setCode = (id: string, name: string, body: { per_cent: number; uses: number }) =>
  answerOf(node.PUT("/api/v1/spaces/{id}/tickets/codes/{code}", { ...code(id, name), body }));
export const dropCode = (id: string, name: string) =>
  answerOf(node.DELETE("/api/v1/spaces/{id}/tickets/codes/{code}", code(id, name)));

export const selling = () => answerOf(node.GET("/api/v1/me/selling"));
export const takeTips = (tips: boolean) => answerOf(node.PUT("/api/v1/me/selling", { body: { tips } }));
export const openAccount = (country: string | null) =>
  answerOf(node.POST("/api/v1/me/payout-account", { body: { country } }));
export const checkAccount = () => answerOf(node.POST("/api/v1/me/payout-account/check"));
export const earnings = () => answerOf(node.GET("/api/v1/me/earnings"));
/** For administrators: the ledger as a whole, and what needs somebody. */
export const books = () => answerOf(node.GET("/api/v1/payments"));
export const tryPayoutAgain = (space: string) =>
  answerOf(node.POST("/api/v1/payments/payouts/{id}/retry", { params: { path: { id: space } } }));
/** For administrators: a buyer gets once more what their bank sent back, or has it by another way. */
export const refundAgain = (sale_id: string) =>
  answerOf(node.POST("/api/v1/payments/sales/{sale_id}/refund", { params: { path: { sale_id } } }));
export const settled = (sale_id: string) =>
  answerOf(node.POST("/api/v1/payments/sales/{sale_id}/settled", { params: { path: { sale_id } } }));
export const lines = (cursor?: string): Promise<List<LedgerLine>> =>
  answerOf(node.GET("/api/v1/me/earnings/lines", { params: { query: cursor ? { cursor } : {} } }));

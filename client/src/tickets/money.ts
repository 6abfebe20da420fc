/** Amounts as people write and read them; the node counts in the smallest unit. */

/** How many of the smallest unit make one. */
function unitOf(currency: string): number {
  const { maximumFractionDigits } = new Intl.NumberFormat("en", {
    style: "currency",
    currency,
  }).resolvedOptions();
  return 10 ** (maximumFractionDigits ?? 2);
}

/** An amount with its currency, without cents where there are none. */
export function priceWords(amount: number, currency: string, locale: string): string {
  const unit = unitOf(currency);
  const whole = amount % unit === 0;
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    ...(whole ? { minimumFractionDigits: 0, maximumFractionDigits: 0 } : {}),
  }).format(amount / unit);
}

/** What somebody typed, in the smallest unit; null if it is no amount. A comma is a point. */
export function amountOf(typed: string, currency: string): number | null {
  const text = typed.trim().replace(",", ".");
  if (!/^\d+(\.\d{1,2})?$/u.test(text)) return null;
  const amount = Math.round(Number(text) * unitOf(currency));
  return Number.isSafeInteger(amount) && amount > 0 ? amount : null;
}

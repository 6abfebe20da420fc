"""What becomes of money on its way back: given by others in the provider's own pages, or sent back by a buyer's bank.

One unit of work each. What we give back ourselves is booked when it is decided (`settling`), all that follows here.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from cooee.kit import money
from cooee.kit.ids import Ids
from cooee.tickets import facts, ledger, ledger_store, sale_store, store
from cooee.tickets.errors import NothingOwed
from cooee.tickets.payment_state import Paid, Refund
from cooee.tickets.state import Payee, Sale, SaleId


def noted(tx: Connection, ids: Ids, sale: Sale, payee: Payee, paid: Paid, now: datetime) -> Sale:
    """Books each refund that is not booked yet; the sale afterwards. Looked at twice, it is booked once."""
    for refund in paid.refunds:
        if refund.instead is not None:
            sale = _arrived(tx, ids, sale, refund.id, refund.amount, now)
        elif not refund.ours:
            sale = _given(tx, ids, sale, payee, refund, now)
        if refund.failed:
            sale = _failed(tx, ids, sale, refund, now)
    if sale.returned:
        _share_returned(tx, ids, sale, payee, paid, now)
    return sale


def settled(tx: Connection, ids: Ids, id: SaleId, now: datetime) -> None:
    """Those who run the site have given a buyer by hand what their bank sent back.

    Raises:
        NothingOwed
    """
    sale = sale_store.sale(tx, id, hold=True)
    if sale is None or not sale.owing:
        raise NothingOwed
    entry = ledger.refund_again(sale.owing)
    ledger_store.book(tx, ids, f"settled:{id}:{ids.text()}", "settled", entry, sale.currency, sale.space, now)
    _owes(tx, sale, 0)


def _arrived(tx: Connection, ids: Ids, sale: Sale, refund: str, amount: int, now: datetime) -> Sale:
    """What was owed is on its way again."""
    entry, name = ledger.refund_again(amount), f"refund_again:{sale.id}:{refund}"
    if not ledger_store.book(tx, ids, name, "refund_again", entry, sale.currency, sale.space, now):
        return sale
    return _owes(tx, sale, sale.owing - amount)


def _given(tx: Connection, ids: Ids, sale: Sale, payee: Payee, refund: Refund, now: datetime) -> Sale:
    """Somebody gave it back in the provider's own pages: first what is owed, then some of what was paid."""
    name, again = f"part:{sale.id}:{refund.id}", f"refund_again:{sale.id}:{refund.id}"
    if ledger_store.is_booked(tx, name) or ledger_store.is_booked(tx, again):
        return sale
    owed = min(refund.amount, sale.owing)
    if owed:
        sale = _arrived(tx, ids, sale, refund.id, owed, now)
    # What we give back anyway is in the books already.
    part = min(refund.amount - owed, -ledger_store.kept(tx, sale).get(ledger.BUYERS, 0))
    if part <= 0:
        return sale
    bearer = ledger.host(payee.party) if refund.from_host else ledger.PLATFORM
    entry = ledger.given_in_part(bearer, part)
    ledger_store.book(tx, ids, name, "refund", entry, sale.currency, sale.space, now)
    # The row of the payee is held, but was read before.
    earned = store.payee(tx, payee.person)
    left = (earned or payee).earned_usd - money.converted(part, sale.rate)
    store.change_payee(tx, payee.person, earned_usd=max(0, left))
    sale_store.change_sale(tx, sale.id, returned=sale.returned + part)
    return replace(sale, returned=sale.returned + part)


def _failed(tx: Connection, ids: Ids, sale: Sale, refund: Refund, now: datetime) -> Sale:
    """The buyer's bank did not take it: it lies with the platform, and is the buyer's."""
    entry, name = ledger.refund_failed(refund.amount), f"refund_failed:{sale.id}:{refund.id}"
    if not ledger_store.book(tx, ids, name, "refund_failed", entry, sale.currency, sale.space, now):
        return sale
    facts.refund_failed(tx, sale, refund.id, sale_store.administrators(tx), now)
    return _owes(tx, sale, sale.owing + refund.amount)


def _owes(tx: Connection, sale: Sale, owing: int) -> Sale:
    """A buyer who is owed money does not have it back yet. What reached them twice stands in the books alone."""
    state, owing = sale.state, max(0, owing)
    if state in ("refunding", "refunded"):
        state = "refunding" if owing > 0 else "refunded"
    sale_store.change_sale(tx, sale.id, owing=owing, state=state)
    return replace(sale, owing=owing, state=state)


def _share_returned(tx: Connection, ids: Ids, sale: Sale, payee: Payee, paid: Paid, now: datetime) -> None:
    """With what was given back the provider may have given back some of the fee: never more than the share."""
    share = ledger_store.kept(tx, sale).get(ledger.SHARE, 0)
    total = min(sale.share or 0, paid.fee_back - (sale.fee - (sale.share or 0)))
    more = total - ((sale.share or 0) - share)
    if sale.state == "paid" and more > 0:
        entry = ledger.share_returned(payee.party, more)
        ledger_store.book(tx, ids, f"share:{sale.id}:{total}", "refund", entry, sale.currency, sale.space, now)

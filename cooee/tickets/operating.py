"""What those who run the site are shown of money: the books as a whole, and what needs them."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection

from cooee.people import service as people
from cooee.people.ids import PersonId
from cooee.people.shapes import Person
from cooee.tickets import ledger, ledger_store, payout_store, reading, sale_store, shapes, store
from cooee.tickets.state import Payout, Sale
from cooee.tickets.till import Till

_MOST_SHOWN = 100
_STUCK = timedelta(hours=1)
"""A payout or refund that is not done that long after it was due needs somebody."""


def books(tx: Connection, till: Till, why_off: shapes.WhyOff | None, now: datetime) -> shapes.Books:
    """The ledger by account, all hosts as one, and payouts, refunds and chargebacks that are not as they should be."""
    late = payout_store.late_payouts(tx, now - _STUCK, _MOST_SHOWN)
    sales = sale_store.troubled_sales(tx, _MOST_SHOWN)
    titles = reading.billed(tx, {*(payout.space for payout in late), *(sale.space for sale in sales)})
    faces = _faces(tx, till, late, sales)

    def title(space: str) -> str:
        return next((bill.title for id, bill in titles.items() if id == space), "")

    return shapes.Books(
        why_off=why_off,
        accounts=[
            shapes.Account(name=name, currency=currency, amount=amount)
            for (name, currency), amount in sorted(_accounts(tx).items())
        ],
        payouts=[
            shapes.LatePayout(
                space=payout.space,
                title=title(payout.space),
                host=faces[payout.host],
                state=payout.state,
                amount=_owed(tx, payout),
                currency=payout.currency,
                due_at=payout.due_at,
                is_before_moderators=till.has_open_case(tx, payout.space, payout.host),
            )
            for payout in late
            if payout.host in faces
        ],
        sales=[
            shapes.TroubledSale(
                id=sale.id,
                space=sale.space,
                title=title(sale.space),
                host=faces[sale.host],
                buyer=faces[sale.buyer],
                state=sale.state,
                amount=sale.amount,
                owing=sale.owing,
                currency=sale.currency,
                paid_at=sale.paid_at,
            )
            for sale in sales
            if sale.host in faces and sale.buyer in faces
        ],
    )


def _accounts(tx: Connection) -> dict[tuple[shapes.AccountName, str], int]:
    names: dict[str, shapes.AccountName] = {
        ledger.BUYERS: "buyers",
        ledger.OWED: "owed",
        ledger.SHARE: "share",
        ledger.BANKS: "banks",
        ledger.STRIPE: "stripe",
        ledger.PLATFORM: "platform",
    }
    sums: dict[tuple[shapes.AccountName, str], int] = {}
    for account, currency, amount in ledger_store.all_balances(tx):
        key = names.get(account, "hosts"), currency
        sums[key] = sums.get(key, 0) + amount
    return sums


def _owed(tx: Connection, payout: Payout) -> int:
    payee = store.payee(tx, payout.host)
    return ledger_store.balances(tx, ledger.host(payee.party), payout.space).get(payout.currency, 0) if payee else 0


def _faces(tx: Connection, till: Till, late: Collection[Payout], sales: Collection[Sale]) -> dict[PersonId, Person]:
    hosts = {payout.host for payout in late}
    return people.persons(tx, hosts | {who for sale in sales for who in (sale.host, sale.buyer)}, till.house.asks)

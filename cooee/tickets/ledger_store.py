"""Reading and writing the ledger: entries are booked, and never changed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select

from cooee.kit.db import insert_new
from cooee.kit.ids import Ids
from cooee.kit.pages import Asking
from cooee.spaces.state import SpaceId
from cooee.tickets.ledger import Entry, Kind
from cooee.tickets.state import Payout, Sale
from cooee.tickets.tables import ledger, payouts


def is_booked(tx: Connection, name: str) -> bool:
    """Whether there is an entry of this name."""
    return tx.execute(select(ledger.c.id).where(ledger.c.entry == name).limit(1)).first() is not None


def book(
    tx: Connection, ids: Ids, name: str, kind: Kind, entry: Entry, currency: str, space: SpaceId, now: datetime
) -> bool:
    """Books an entry; False if one of this name was booked before."""
    if is_booked(tx, name):
        return False
    for part in entry:
        row = {"entry": name, "kind": kind, "account": part.account, "currency": currency, "amount": part.amount}
        # Ids of one millisecond may collide.
        tries = (insert_new(tx, ledger, {"id": ids.decimal(), **row, "space_id": space, "at": now}) for _ in range(5))
        assert any(tries), "22 random bits do not collide five times in a row"
    return True


def balances(tx: Connection, account: str, space: SpaceId | None = None) -> Mapping[str, int]:
    """What an account has, by currency."""
    query = select(ledger.c.currency, func.sum(ledger.c.amount).label("sum")).where(ledger.c.account == account)
    if space is not None:
        query = query.where(ledger.c.space_id == space)
    return {row.currency: int(row.sum) for row in tx.execute(query.group_by(ledger.c.currency))}


def booked(tx: Connection, name: str, account: str) -> int:
    """What an entry moved in an account."""
    query = select(ledger.c.amount).where(ledger.c.entry == name, ledger.c.account == account)
    return int(tx.execute(query).scalar_one_or_none() or 0)


def lines(tx: Connection, name: str) -> dict[str, int]:
    """What an entry moved."""
    rows = tx.execute(select(ledger.c.account, ledger.c.amount).where(ledger.c.entry == name))
    return {row.account: int(row.amount) for row in rows}


def kept(tx: Connection, sale: Sale) -> dict[str, int]:
    """What a sale has moved, less what went back of it: by account, only what is left."""
    whole = [f"{kind}:{sale.id}" for kind in ("sale", "refund", "chargeback", "chargeback_won")]
    # Whatever follows a colon comes before a semicolon.
    parts = [
        and_(ledger.c.entry > f"{kind}:{sale.id}:", ledger.c.entry < f"{kind}:{sale.id};") for kind in ("part", "share")
    ]
    ours = ledger.c.space_id == sale.space, or_(ledger.c.entry.in_(whole), *parts)
    query = select(ledger.c.account, func.sum(ledger.c.amount).label("sum")).where(*ours).group_by(ledger.c.account)
    return {row.account: int(row.sum) for row in tx.execute(query) if row.sum}


def left_over(tx: Connection, account: str, payout: Payout) -> int:
    """What a host is still owed, or owes if negative, from their other Spaces that were paid out, or are just now."""
    others = and_(
        payouts.c.host_id == payout.host, payouts.c.currency == payout.currency, payouts.c.space_id != payout.space
    )
    booked = (
        select(func.coalesce(func.sum(ledger.c.amount), 0))
        .join(payouts, payouts.c.space_id == ledger.c.space_id)
        .where(ledger.c.account == account, ledger.c.currency == payout.currency)
        .where(others, payouts.c.state.in_(("sending", "sent", "paid")))
    )
    leaving = select(func.coalesce(func.sum(payouts.c.amount), 0)).where(others, payouts.c.state == "sending")
    return int(tx.execute(booked).scalar_one()) - int(tx.execute(leaving).scalar_one())


def moved(tx: Connection, account: str, only: Collection[SpaceId] | None = None) -> list[tuple[SpaceId, str, str, int]]:
    """What moved in an account, by Space, kind and currency; for these Spaces `only`."""
    groups = ledger.c.space_id, ledger.c.kind, ledger.c.currency
    query = select(*groups, func.sum(ledger.c.amount).label("sum")).where(ledger.c.account == account)
    if only is not None:
        query = query.where(ledger.c.space_id.in_(set(only)))
    rows = tx.execute(query.group_by(*groups).order_by(ledger.c.space_id.desc()))
    return [(row.space_id, row.kind, row.currency, int(row.sum)) for row in rows]


def lines_of(tx: Connection, account: str, asked: Asking) -> Sequence[Row[Any]]:
    """An account's lines, the latest first; one more than asked for, if there are more."""
    query = select(ledger).where(ledger.c.account == account).order_by(ledger.c.id.desc()).limit(asked.limit + 1)
    if numbers := asked.numbers(1):
        query = query.where(ledger.c.id < str(numbers[0]))
    return tx.execute(query).all()


def all_balances(tx: Connection) -> list[tuple[str, str, int]]:
    """Each account, a currency, and what it has in it."""
    each = ledger.c.account, ledger.c.currency
    query = select(*each, func.sum(ledger.c.amount).label("sum")).group_by(*each)
    return [(row.account, row.currency, int(row.sum)) for row in tx.execute(query)]

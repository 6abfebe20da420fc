"""Reading and writing what is paid out, and to whom."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, literal, or_, select, update

from cooee.kit.db import insert_new
from cooee.people.ids import PersonId
from cooee.spaces.state import SpaceId
from cooee.tickets.state import Owed, Payout
from cooee.tickets.tables import ledger, payees, payouts

_THEIRS = ledger.c.account == literal("host:") + payees.c.party
"""A line of the ledger is a payee's: `ledger.host`, for a query."""


def payout(tx: Connection, owed: Owed, *, hold: bool = False) -> Payout | None:
    """What is paid out of this; with `hold`, nobody else changes it until this transaction ends."""
    query = select(payouts).where(*_of(owed))
    row = tx.execute(query.with_for_update() if hold else query).one_or_none()
    return None if row is None else _payout(row)


def payout_of(tx: Connection, id: str) -> Payout | None:
    """For what a payout of the provider was sent: it may have been followed by another."""
    query = (
        select(payouts)
        .join(payees, payees.c.person_id == payouts.c.host_id)
        .join(ledger, and_(ledger.c.space_id == payouts.c.space_id, ledger.c.currency == payouts.c.currency))
        .where(ledger.c.entry == f"payout:{id}", _THEIRS)
    )
    row = tx.execute(query).one_or_none()
    return None if row is None else _payout(row)


def payouts_to(tx: Connection, host: PersonId) -> list[Payout]:
    """A host's payouts, the latest first."""
    query = (
        select(payouts)
        .where(payouts.c.host_id == host)
        .order_by(payouts.c.due_at.desc(), payouts.c.space_id, payouts.c.currency)
    )
    return [_payout(row) for row in tx.execute(query)]


def payouts_for(tx: Connection, space: SpaceId) -> list[Payout]:
    """All that is paid out for a Space."""
    query = select(payouts).where(payouts.c.space_id == space).order_by(payouts.c.host_id, payouts.c.currency)
    return [_payout(row) for row in tx.execute(query)]


def earners(tx: Connection, space: SpaceId) -> list[Owed]:
    """Who has something of a Space in the ledger, whatever became of its sales: a buyer's account may be erased."""
    query = (
        select(payees.c.person_id, ledger.c.currency)
        .join(ledger, _THEIRS)
        .where(ledger.c.space_id == space)
        .group_by(payees.c.person_id, ledger.c.currency)
        .having(func.sum(ledger.c.amount) > 0)
        .order_by(payees.c.person_id, ledger.c.currency)
    )
    return [Owed(space, row.person_id, row.currency) for row in tx.execute(query)]


def late_payouts(tx: Connection, due_before: datetime, most: int) -> list[Payout]:
    """Payouts that were due before then and have not left, or came back; the oldest first."""
    due = payouts.c.due_at <= due_before
    troubled = or_(payouts.c.state.in_(("failed", "delayed")), and_(payouts.c.state.in_(("waiting", "sending")), due))
    query = (
        select(payouts).where(troubled).order_by(payouts.c.due_at, payouts.c.space_id, payouts.c.host_id).limit(most)
    )
    return [_payout(row) for row in tx.execute(query)]


def arrange_payout(tx: Connection, made: Payout) -> None:
    """A payout that waits for its time; once is enough."""
    row = {"space_id": made.space, "host_id": made.host, "currency": made.currency, "amount": made.amount}
    insert_new(tx, payouts, {**row, "state": made.state, "due_at": made.due_at, "tries": made.tries})


def arrange_more(tx: Connection, owed: Owed) -> None:
    """Something is to be sent after a payout that left."""
    change_payout(tx, owed, state="waiting", amount=0)


def change_payout(tx: Connection, owed: Owed, **values: object) -> None:
    """Sets columns of a payout."""
    tx.execute(update(payouts).where(*_of(owed)).values(values))


def _of(owed: Owed) -> tuple[ColumnElement[bool], ...]:
    return (
        payouts.c.space_id == owed.space,
        payouts.c.host_id == owed.host,
        payouts.c.currency == owed.currency,
    )


def _payout(row: Row[Any]) -> Payout:
    return Payout(row.space_id, row.host_id, row.currency, row.amount, row.state, row.due_at, row.payout, row.tries)

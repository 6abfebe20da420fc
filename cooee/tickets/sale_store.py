"""Reading and writing who bought what, and who has a seat."""

from collections.abc import Collection
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, union_all, update

from cooee.people.ids import PersonId
from cooee.people.tables import people
from cooee.spaces.state import SpaceId
from cooee.tickets.rules import SEATED, Reason, State
from cooee.tickets.state import Sale, SaleId
from cooee.tickets.tables import line, offers, sales

_PEOPLE = {"host": "host_id", "buyer": "buyer_id", "holder": "holder_id", "space": "space_id"}
_TICKETS = sales.c.kind == "ticket"


def sale(tx: Connection, id: SaleId, *, hold: bool = False) -> Sale | None:
    """One sale; with `hold`, nobody else changes it until this transaction ends."""
    query = select(sales).where(sales.c.id == id)
    row = tx.execute(query.with_for_update() if hold else query).one_or_none()
    return None if row is None else _sale(row)


def insert_sale(tx: Connection, made: Sale) -> None:
    """A new sale."""
    tx.execute(sales.insert().values(_row(made)))


def note_page(tx: Connection, id: SaleId, checkout: str, url: str | None) -> None:
    """The page of a sale; the first counts."""
    tx.execute(update(sales).where(sales.c.id == id, sales.c.checkout.is_(None)).values(checkout=checkout, url=url))


def change_sale(tx: Connection, id: SaleId, **values: object) -> None:
    """Sets columns of a sale."""
    tx.execute(update(sales).where(sales.c.id == id).values(values))


def finished(tx: Connection, id: SaleId, state: State, reason: Reason | None) -> None:
    """A sale is over in one way or another."""
    change_sale(tx, id, state=state, reason=reason, held_until=None, url=None)


def sale_of_payment(tx: Connection, payment: str) -> Sale | None:
    """What a payment at the provider was for."""
    row = tx.execute(select(sales).where(sales.c.payment == payment)).one_or_none()
    return None if row is None else _sale(row)


def sales_of(tx: Connection, space: SpaceId, states: Collection[State], kind: str | None = None) -> list[Sale]:
    """A Space's sales in these states, the first first."""
    query = select(sales).where(sales.c.space_id == space, sales.c.state.in_(states)).order_by(sales.c.id)
    if kind is not None:
        query = query.where(sales.c.kind == kind)
    return [_sale(row) for row in tx.execute(query)]


def sales_between(tx: Connection, host: PersonId, buyer: PersonId) -> list[Sale]:
    """The tickets that somebody bought, or got, for Spaces of this host that are not over."""
    theirs = or_(sales.c.buyer_id == buyer, sales.c.holder_id == buyer)
    query = (
        select(sales)
        .join(offers, offers.c.space_id == sales.c.space_id)
        .where(sales.c.host_id == host, theirs, sales.c.state.in_(SEATED), _TICKETS, offers.c.state != "over")
        .order_by(sales.c.id)
    )
    return [_sale(row) for row in tx.execute(query)]


def tickets_of(tx: Connection, person: PersonId, most: int) -> list[Sale]:
    """What somebody bought or got, the latest first."""
    theirs = or_(sales.c.buyer_id == person, sales.c.holder_id == person)
    query = select(sales).where(theirs, sales.c.state != "expired").order_by(sales.c.id.desc()).limit(most)
    return [_sale(row) for row in tx.execute(query)]


def troubled_sales(tx: Connection, most: int) -> list[Sale]:
    """Sales whose money is on its way back, or was taken back by a bank; first what came back from one, the latest."""
    troubled = or_(sales.c.state.in_(("refunding", "void")), sales.c.owing > 0)
    query = select(sales).where(troubled).order_by(sales.c.owing.desc(), sales.c.id.desc()).limit(most)
    return [_sale(row) for row in tx.execute(query)]


def administrators(tx: Connection) -> list[PersonId]:
    """Who sees to what is owed."""
    return list(tx.execute(select(people.c.id).where(people.c.admin).order_by(people.c.id)).scalars())


def seat_of(tx: Connection, space: SpaceId, person: PersonId, *, gifts: bool = False) -> Sale | None:
    """The seat that somebody has, or is paying for; with `gifts`, also one that somebody else has still to pay."""
    query = select(sales).where(_seated(space), sales.c.holder_id == person)
    if not gifts:
        query = query.where(or_(sales.c.state == "paid", sales.c.buyer_id == person))
    row = tx.execute(query.order_by(sales.c.state.desc(), sales.c.id)).first()
    return None if row is None else _sale(row)


def seats_besides(tx: Connection, sale: Sale) -> list[Sale]:
    """What else a holder has for the same Space, or is being paid for them."""
    others = _seated(sale.space), sales.c.holder_id == sale.holder, sales.c.id != sale.id
    return [_sale(row) for row in tx.execute(select(sales).where(*others).order_by(sales.c.id))]


def has_paid(tx: Connection, space: SpaceId, person: PersonId) -> bool:
    """Whether somebody has a ticket."""
    query = select(sales.c.id).where(
        _TICKETS, sales.c.space_id == space, sales.c.holder_id == person, sales.c.state == "paid"
    )
    return tx.execute(query.limit(1)).first() is not None


def holding(tx: Connection, ids: Collection[SpaceId], person: PersonId) -> set[SpaceId]:
    """For which of `ids` somebody has a ticket."""
    theirs = _TICKETS, sales.c.space_id.in_(set(ids)), sales.c.holder_id == person, sales.c.state == "paid"
    return set(tx.execute(select(sales.c.space_id).where(*theirs)).scalars())


def taken(tx: Connection, space: SpaceId) -> int:
    """How many seats are somebody's, or held for a buyer."""
    return tx.execute(select(func.count()).select_from(sales).where(_seated(space))).scalar_one()


def taken_of(tx: Connection, ids: Collection[SpaceId]) -> dict[SpaceId, int]:
    """How many seats are somebody's, held for a buyer, or kept for somebody in line, by Space."""
    seated = select(sales.c.space_id).where(_TICKETS, sales.c.state.in_(SEATED), sales.c.space_id.in_(set(ids)))
    waits = select(line.c.space_id).where(line.c.space_id.in_(set(ids)))
    each = union_all(seated, waits).subquery()
    found = tx.execute(select(each.c.space_id, func.count()).group_by(each.c.space_id))
    return {space: count for space, count in found}


def code_used(tx: Connection, space: SpaceId, name: str) -> int:
    """How many seats were taken with a code."""
    taken = _seated(space), sales.c.code == name
    return tx.execute(select(func.count()).select_from(sales).where(*taken)).scalar_one()


def unpaid(tx: Connection, buyer: PersonId) -> int:
    """How much is kept for a buyer that they have not paid."""
    theirs = sales.c.buyer_id == buyer, sales.c.state == "held"
    return tx.execute(select(func.count()).select_from(sales).where(*theirs)).scalar_one()


def pending_usd(tx: Connection, host: PersonId) -> list[tuple[int, int]]:
    """Amount and rate of each sale of a host that is being paid."""
    query = select(sales.c.amount, sales.c.rate).where(sales.c.host_id == host, sales.c.state == "held")
    return [(row.amount, row.rate) for row in tx.execute(query)]


def _seated(space: SpaceId) -> ColumnElement[bool]:
    return and_(_TICKETS, sales.c.space_id == space, sales.c.state.in_(SEATED))


def _row(made: Sale) -> dict[str, object]:
    return {_PEOPLE.get(field.name, field.name): getattr(made, field.name) for field in fields(made)}


def _sale(row: Row[Any]) -> Sale:
    return Sale(**{field.name: getattr(row, _PEOPLE.get(field.name, field.name)) for field in fields(Sale)})

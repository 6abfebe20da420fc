"""Reading and writing what is sold."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, or_, select, union_all, update

from cooee.kit import money
from cooee.kit.db import insert_new
from cooee.kit.ids import Ids
from cooee.kit.pages import Asking
from cooee.people.ids import PersonId
from cooee.people.tables import people
from cooee.spaces.state import SpaceId
from cooee.spaces.tables import spaces
from cooee.tickets.ledger import Entry
from cooee.tickets.ledger import Kind as EntryKind
from cooee.tickets.rules import SEATED, Reason, State, Waiting
from cooee.tickets.state import Offer, Payee, Payout, Sale, SaleId
from cooee.tickets.tables import codes, events, exchange, ledger, line, offers, payees, payouts, sales

_PEOPLE = {"host": "host_id", "buyer": "buyer_id", "holder": "holder_id", "space": "space_id"}
_TICKETS = sales.c.kind == "ticket"

# Who is paid.


def payee(tx: Connection, person: PersonId, *, hold: bool = False) -> Payee | None:
    """Somebody who is paid; with `hold`, nobody else changes them until this transaction ends."""
    query = select(payees).where(payees.c.person_id == person)
    row = tx.execute(query.with_for_update() if hold else query).one_or_none()
    return None if row is None else _payee(row)


def payee_of_account(tx: Connection, account: str) -> Payee | None:
    """Whose account at the provider this is."""
    row = tx.execute(select(payees).where(payees.c.account == account)).one_or_none()
    return None if row is None else _payee(row)


def make_payee(tx: Connection, person: PersonId, party: str, now: datetime) -> None:
    """Somebody is to be paid; once is enough."""
    row = {"person_id": person, "party": party, "ready": False, "tips": False, "earned_usd": 0, "made_at": now}
    insert_new(tx, payees, row)


def change_payee(tx: Connection, person: PersonId, **values: object) -> None:
    """Sets columns of somebody who is paid."""
    tx.execute(update(payees).where(payees.c.person_id == person).values(values))


# What is on sale.


def offer(tx: Connection, space: SpaceId, *, hold: bool = False) -> Offer | None:
    """The tickets of a Space; with `hold`, nobody else sells or buys until this transaction ends."""
    query = select(offers).where(offers.c.space_id == space)
    row = tx.execute(query.with_for_update() if hold else query).one_or_none()
    if row is None:
        return None
    return _offer(row)


def make_offer(tx: Connection, made: Offer, now: datetime) -> None:
    """Puts tickets on sale."""
    row = {"space_id": made.space, "host_id": made.host, "currency": made.currency, "price": made.price}
    tx.execute(offers.insert().values(**row, seats=made.seats, state=made.state, made_at=now))


def change_offer(tx: Connection, space: SpaceId, **values: object) -> None:
    """Sets columns of an offer."""
    tx.execute(update(offers).where(offers.c.space_id == space).values(values))


def drop_offer(tx: Connection, space: SpaceId) -> None:
    """Takes tickets off that nobody has bought."""
    tx.execute(delete(offers).where(offers.c.space_id == space))


def selling_hosts(tx: Connection) -> list[tuple[SpaceId, PersonId]]:
    """What is on sale, and whose it is."""
    query = select(offers.c.space_id, offers.c.host_id).where(offers.c.state.in_(("open", "closed")))
    return [(row.space_id, row.host_id) for row in tx.execute(query.order_by(offers.c.space_id))]


def leaving_hosts(tx: Connection, before: datetime) -> list[SpaceId]:
    """What is on sale by hosts whose accounts are erased before then."""
    leaving = offers.c.state.in_(("open", "closed")), people.c.deleting_at <= before
    query = select(offers.c.space_id).join(people, people.c.id == offers.c.host_id).where(*leaving)
    return list(tx.execute(query.order_by(offers.c.space_id)).scalars())


def offers_of(tx: Connection, ids: Collection[SpaceId]) -> list[Offer]:
    """The tickets of those of `ids` that have any."""
    return [_offer(row) for row in tx.execute(select(offers).where(offers.c.space_id.in_(set(ids))))]


def taken_of(tx: Connection, ids: Collection[SpaceId]) -> dict[SpaceId, int]:
    """How many seats are somebody's, held for a buyer, or kept for somebody in line, by Space."""
    seated = select(sales.c.space_id).where(_TICKETS, sales.c.state.in_(SEATED), sales.c.space_id.in_(set(ids)))
    waits = select(line.c.space_id).where(line.c.space_id.in_(set(ids)))
    each = union_all(seated, waits).subquery()
    found = tx.execute(select(each.c.space_id, func.count()).group_by(each.c.space_id))
    return {space: count for space, count in found}


def holding(tx: Connection, ids: Collection[SpaceId], person: PersonId) -> set[SpaceId]:
    """For which of `ids` somebody has a ticket."""
    theirs = _TICKETS, sales.c.space_id.in_(set(ids)), sales.c.holder_id == person, sales.c.state == "paid"
    return set(tx.execute(select(sales.c.space_id).where(*theirs)).scalars())


# Codes.


def code(tx: Connection, space: SpaceId, name: str) -> tuple[int, int] | None:
    """Per cent and uses of a code."""
    row = tx.execute(select(codes).where(codes.c.space_id == space, codes.c.code == name)).one_or_none()
    return None if row is None else (row.per_cent, row.uses)


def codes_of(tx: Connection, space: SpaceId) -> list[tuple[str, int, int]]:
    """All codes of an offer: name, per cent, uses."""
    query = select(codes).where(codes.c.space_id == space).order_by(codes.c.code)
    return [(row.code, row.per_cent, row.uses) for row in tx.execute(query)]


def set_code(tx: Connection, space: SpaceId, name: str, per_cent: int, uses: int) -> None:
    """A code, in place of one of that name."""
    drop_code(tx, space, name)
    tx.execute(codes.insert().values(space_id=space, code=name, per_cent=per_cent, uses=uses))


def drop_code(tx: Connection, space: SpaceId, name: str) -> None:
    """Takes a code back; whoever bought with it has bought."""
    tx.execute(delete(codes).where(codes.c.space_id == space, codes.c.code == name))


def code_used(tx: Connection, space: SpaceId, name: str) -> int:
    """How many seats were taken with a code."""
    taken = _seated(space), sales.c.code == name
    return tx.execute(select(func.count()).select_from(sales).where(*taken)).scalar_one()


# Sales.


def insert_sale(tx: Connection, made: Sale) -> None:
    """A new sale."""
    tx.execute(sales.insert().values(_row(made)))


def sale(tx: Connection, id: SaleId, *, hold: bool = False) -> Sale | None:
    """One sale; with `hold`, nobody else changes it until this transaction ends."""
    query = select(sales).where(sales.c.id == id)
    row = tx.execute(query.with_for_update() if hold else query).one_or_none()
    return None if row is None else _sale(row)


def note_page(tx: Connection, id: SaleId, checkout: str, url: str | None) -> None:
    """The page of a sale; the first counts."""
    tx.execute(update(sales).where(sales.c.id == id, sales.c.checkout.is_(None)).values(checkout=checkout, url=url))


def unpaid(tx: Connection, buyer: PersonId) -> int:
    """How much is kept for a buyer that they have not paid."""
    theirs = sales.c.buyer_id == buyer, sales.c.state == "held"
    return tx.execute(select(func.count()).select_from(sales).where(*theirs)).scalar_one()


def sale_of_payment(tx: Connection, payment: str) -> Sale | None:
    """What a payment at the provider was for."""
    row = tx.execute(select(sales).where(sales.c.payment == payment)).one_or_none()
    return None if row is None else _sale(row)


def change_sale(tx: Connection, id: SaleId, **values: object) -> None:
    """Sets columns of a sale."""
    tx.execute(update(sales).where(sales.c.id == id).values(values))


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


def taken(tx: Connection, space: SpaceId) -> int:
    """How many seats are somebody's, or held for a buyer."""
    return tx.execute(select(func.count()).select_from(sales).where(_seated(space))).scalar_one()


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


def pending_usd(tx: Connection, host: PersonId) -> list[tuple[int, int]]:
    """Amount and rate of each sale of a host that is being paid."""
    query = select(sales.c.amount, sales.c.rate).where(sales.c.host_id == host, sales.c.state == "held")
    return [(row.amount, row.rate) for row in tx.execute(query)]


def tickets_of(tx: Connection, person: PersonId, most: int) -> list[Sale]:
    """What somebody bought or got, the latest first."""
    theirs = or_(sales.c.buyer_id == person, sales.c.holder_id == person)
    query = select(sales).where(theirs, sales.c.state != "expired").order_by(sales.c.id.desc()).limit(most)
    return [_sale(row) for row in tx.execute(query)]


def hosted(tx: Connection, host: PersonId, since: datetime) -> int:
    """How many Spaces somebody has held since then, those that go on included."""
    query = select(func.count()).select_from(spaces).where(spaces.c.owner_id == host, spaces.c.started_at >= since)
    return tx.execute(query).scalar_one()


# The line.


def waiting(tx: Connection, space: SpaceId) -> list[Waiting]:
    """Everybody in line, in order."""
    query = select(line).where(line.c.space_id == space).order_by(line.c.at, line.c.person_id)
    return [Waiting(row.person_id, row.at, row.offered_until) for row in tx.execute(query)]


def stand_in_line(tx: Connection, space: SpaceId, person: PersonId, now: datetime) -> None:
    """Somebody waits for a seat; who stands there already keeps the place."""
    insert_new(tx, line, {"space_id": space, "person_id": person, "at": now, "offered_until": None})


def offer_seat(tx: Connection, space: SpaceId, person: PersonId, until: datetime) -> None:
    """A seat is kept for somebody in line."""
    tx.execute(update(line).where(_in_line(space, person)).values(offered_until=until))


def leave_line(tx: Connection, space: SpaceId, person: PersonId) -> bool:
    """Somebody waits no longer; whether they did."""
    return tx.execute(delete(line).where(_in_line(space, person))).rowcount == 1


def lines_with(tx: Connection, host: PersonId, person: PersonId) -> list[SpaceId]:
    """For which of a host's Spaces somebody waits."""
    query = select(line.c.space_id).join(offers, offers.c.space_id == line.c.space_id)
    found = tx.execute(query.where(offers.c.host_id == host, line.c.person_id == person).order_by(line.c.space_id))
    return list(found.scalars())


def lines_of_person(tx: Connection, person: PersonId) -> list[SpaceId]:
    """For what somebody waits, the latest last."""
    query = select(line.c.space_id).where(line.c.person_id == person).order_by(line.c.at, line.c.space_id)
    return list(tx.execute(query).scalars())


# The ledger.


def is_booked(tx: Connection, name: str) -> bool:
    """Whether there is an entry of this name."""
    return tx.execute(select(ledger.c.id).where(ledger.c.entry == name).limit(1)).first() is not None


def book(
    tx: Connection, ids: Ids, name: str, kind: EntryKind, entry: Entry, currency: str, space: SpaceId, now: datetime
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


# Events, payouts, rates.


def first_time(tx: Connection, event: str, now: datetime) -> bool:
    """Whether an event of the provider is new; it is remembered."""
    return insert_new(tx, events, {"id": event, "at": now})


def forget_events(tx: Connection, before: datetime) -> None:
    """Forgets events so old that the provider does not repeat them."""
    tx.execute(delete(events).where(events.c.at < before))


def payout(tx: Connection, space: SpaceId, *, hold: bool = False) -> Payout | None:
    """What is paid out for a Space."""
    query = select(payouts).where(payouts.c.space_id == space)
    row = tx.execute(query.with_for_update() if hold else query).one_or_none()
    return None if row is None else _payout(row)


def payout_of(tx: Connection, id: str) -> Payout | None:
    """For what a payout of the provider was sent: it may have been followed by another."""
    space = select(ledger.c.space_id).where(ledger.c.entry == f"payout:{id}").limit(1).scalar_subquery()
    row = tx.execute(select(payouts).where(payouts.c.space_id == space)).one_or_none()
    return None if row is None else _payout(row)


def payouts_to(tx: Connection, host: PersonId) -> list[Payout]:
    """A host's payouts, the latest first."""
    query = select(payouts).where(payouts.c.host_id == host).order_by(payouts.c.due_at.desc(), payouts.c.space_id)
    return [_payout(row) for row in tx.execute(query)]


def late_payouts(tx: Connection, due_before: datetime, most: int) -> list[Payout]:
    """Payouts that were due before then and have not left, or came back; the oldest first."""
    due = payouts.c.due_at <= due_before
    troubled = or_(payouts.c.state.in_(("failed", "delayed")), and_(payouts.c.state.in_(("waiting", "sending")), due))
    query = select(payouts).where(troubled).order_by(payouts.c.due_at, payouts.c.space_id).limit(most)
    return [_payout(row) for row in tx.execute(query)]


def troubled_sales(tx: Connection, most: int) -> list[Sale]:
    """Sales whose money is on its way back, or was taken back by a bank; the latest first."""
    query = select(sales).where(sales.c.state.in_(("refunding", "void"))).order_by(sales.c.id.desc()).limit(most)
    return [_sale(row) for row in tx.execute(query)]


def all_balances(tx: Connection) -> list[tuple[str, str, int]]:
    """Each account, a currency, and what it has in it."""
    each = ledger.c.account, ledger.c.currency
    query = select(*each, func.sum(ledger.c.amount).label("sum")).group_by(*each)
    return [(row.account, row.currency, int(row.sum)) for row in tx.execute(query)]


def arrange_payout(tx: Connection, made: Payout) -> None:
    """A payout that waits for its time; once is enough."""
    row = {"space_id": made.space, "host_id": made.host, "currency": made.currency, "amount": made.amount}
    insert_new(tx, payouts, {**row, "state": made.state, "due_at": made.due_at, "tries": made.tries})


def arrange_more(tx: Connection, payout: Payout) -> None:
    """Something is to be sent after a payout that left."""
    change_payout(tx, payout.space, state="waiting", amount=0)


def change_payout(tx: Connection, space: SpaceId, **values: object) -> None:
    """Sets columns of a payout."""
    tx.execute(update(payouts).where(payouts.c.space_id == space).values(values))


def rate(tx: Connection, currency: str, since: datetime) -> int | None:
    """The rate that was noted last, unless it is older."""
    query = select(exchange.c.rate).where(exchange.c.currency == currency, exchange.c.at >= since)
    return tx.execute(query).scalar_one_or_none()


def note_rate(tx: Connection, currency: str, found: int, now: datetime) -> None:
    """Notes a rate, in place of the one before."""
    tx.execute(delete(exchange).where(exchange.c.currency == currency))
    insert_new(tx, exchange, {"currency": currency, "rate": found, "at": now})


def finished(tx: Connection, id: SaleId, state: State, reason: Reason | None) -> None:
    """A sale is over in one way or another."""
    change_sale(tx, id, state=state, reason=reason, held_until=None, url=None)


def _seated(space: SpaceId) -> ColumnElement[bool]:
    return and_(_TICKETS, sales.c.space_id == space, sales.c.state.in_(SEATED))


def _in_line(space: SpaceId, person: PersonId) -> ColumnElement[bool]:
    return and_(line.c.space_id == space, line.c.person_id == person)


def _row(made: Sale) -> dict[str, object]:
    return {_PEOPLE.get(field.name, field.name): getattr(made, field.name) for field in fields(made)}


def _sale(row: Row[Any]) -> Sale:
    return Sale(**{field.name: getattr(row, _PEOPLE.get(field.name, field.name)) for field in fields(Sale)})


def _offer(row: Row[Any]) -> Offer:
    return Offer(row.space_id, row.host_id, row.currency, row.price, row.seats, row.state, row.absent_since)


def _payee(row: Row[Any]) -> Payee:
    # Currencies come to an end: whoever has an account in one that is not sold in any more has to see to it.
    ready = row.ready and row.currency is not None and money.is_sold_in(row.currency)
    return Payee(row.person_id, row.party, row.account, ready, row.currency, row.tips, row.earned_usd)


def _payout(row: Row[Any]) -> Payout:
    return Payout(row.space_id, row.host_id, row.currency, row.amount, row.state, row.due_at, row.payout, row.tries)

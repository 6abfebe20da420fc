"""Reading and writing who is paid, what is on sale, and who waits for it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, select, update

from cooee.kit import money
from cooee.kit.db import insert_new
from cooee.people.ids import PersonId
from cooee.people.tables import people
from cooee.spaces.state import SpaceId
from cooee.spaces.tables import spaces
from cooee.tickets.rules import Waiting
from cooee.tickets.state import Offer, Payee
from cooee.tickets.tables import codes, events, exchange, line, offers, payees

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


def hosted(tx: Connection, host: PersonId, since: datetime) -> int:
    """How many Spaces somebody has held since then, those that go on included."""
    query = select(func.count()).select_from(spaces).where(spaces.c.owner_id == host, spaces.c.started_at >= since)
    return tx.execute(query).scalar_one()


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


# Events, rates.


def first_time(tx: Connection, event: str, now: datetime) -> bool:
    """Whether an event of the provider is new; it is remembered."""
    return insert_new(tx, events, {"id": event, "at": now})


def forget_events(tx: Connection, before: datetime) -> None:
    """Forgets events so old that the provider does not repeat them."""
    tx.execute(delete(events).where(events.c.at < before))


def rate(tx: Connection, currency: str, since: datetime) -> int | None:
    """The rate that was noted last, unless it is older."""
    query = select(exchange.c.rate).where(exchange.c.currency == currency, exchange.c.at >= since)
    return tx.execute(query).scalar_one_or_none()


def note_rate(tx: Connection, currency: str, found: int, now: datetime) -> None:
    """Notes a rate, in place of the one before."""
    tx.execute(delete(exchange).where(exchange.c.currency == currency))
    insert_new(tx, exchange, {"currency": currency, "rate": found, "at": now})


def _in_line(space: SpaceId, person: PersonId) -> ColumnElement[bool]:
    return and_(line.c.space_id == space, line.c.person_id == person)


def _offer(row: Row[Any]) -> Offer:
    return Offer(row.space_id, row.host_id, row.currency, row.price, row.seats, row.state, row.absent_since)


def _payee(row: Row[Any]) -> Payee:
    # Currencies come to an end: whoever has an account in one that is not sold in any more has to see to it.
    ready = row.ready and row.currency is not None and money.is_sold_in(row.currency)
    return Payee(row.person_id, row.party, row.account, ready, row.currency, row.tips, row.earned_usd)

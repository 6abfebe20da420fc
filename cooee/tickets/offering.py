"""What hosts do with tickets: one unit of work each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from cooee.kit import outbox
from cooee.people.ids import PersonId
from cooee.spaces.errors import HostOnly
from cooee.spaces.house import Actor
from cooee.spaces.state import SpaceId
from cooee.tickets import rules, sale_store, seats, settling, store
from cooee.tickets import service as buying
from cooee.tickets.errors import NoTicket, OfferFixed, OfferTooLate, SaleOver, SoldOut
from cooee.tickets.state import Offer, SaleId
from cooee.tickets.till import Till, seller, subject

ABSENT_TOPIC = "tickets.absent"


def put_offer(
    tx: Connection, till: Till, actor: Actor, id: SpaceId, price: int, count: int, now: datetime, *, is_open: bool
) -> None:
    """Puts tickets on sale, or changes how many there are.

    Raises:
        SpaceNotFound, HostOnly, OfferTooLate, OfferFixed, SaleOver, CannotSellYet, NotPayable, PriceNotPossible
    """
    about, before = subject(tx, till, id, actor.person), store.offer(tx, id, hold=True)
    if actor.person != (before.host if before else about.owner):
        raise HostOnly
    if about.state == "over" or (before and before.is_over):
        raise SaleOver
    if before is None and about.state == "live":
        raise OfferTooLate
    who = seller(tx, till, actor.person, now)
    rules.check_seller(till.terms, who, included=till.rollout.includes(actor.person))
    payee = store.payee(tx, actor.person)
    assert payee is not None, "whoever may sell is paid"
    assert payee.currency is not None, "an account that is ready has a currency"
    state: Literal["open", "closed"] = "open" if is_open else "closed"
    if before is None:
        rules.check_price(payee.currency, price)
        store.make_offer(tx, Offer(id, actor.person, payee.currency, price, count, state), now)
        outbox.put(tx, *absent_job(id), about.begins)
        return
    rules.check_price(before.currency, price)
    if (price != before.price and sale_store.taken(tx, id)) or count < before.seats:
        raise OfferFixed
    store.change_offer(tx, id, price=price, seats=count, state=state)
    seats.hand_over(tx, id, now)


def absent_job(id: SpaceId) -> tuple[str, str, dict[str, str]]:
    """Looks whether the host of a Space is there: key, topic and payload, for the outbox."""
    return f"{ABSENT_TOPIC}:{id}", ABSENT_TOPIC, {"space": id}


def drop_offer(tx: Connection, till: Till, actor: Actor, id: SpaceId) -> None:
    """Takes tickets off that nobody has bought: whoever likes comes in.

    Raises:
        SpaceNotFound, NoOffer, HostOnly, OfferFixed, OfferTooLate
    """
    about, offer = subject(tx, till, id, actor.person), _own_offer(tx, actor, id)
    if about.state != "ahead":
        raise OfferTooLate
    if sale_store.taken(tx, offer.space):
        raise OfferFixed
    store.drop_offer(tx, id)


def give_seats(tx: Connection, till: Till, actor: Actor, id: SpaceId, to: Sequence[PersonId], now: datetime) -> None:
    """The host's guests: seats that cost nothing. Who has one keeps it.

    Raises:
        SpaceNotFound, NoOffer, HostOnly, SaleOver, SoldOut, NotBuyable, PersonNotFound
    """
    about, offer = subject(tx, till, id, actor.person), _own_offer(tx, actor, id)
    if about.state == "over" or offer.is_over:
        raise SaleOver
    for person in to:
        buying.check_holder(tx, about, offer, person)
        buying.check_gift(tx, till, id, actor.person, person)
        if sale_store.seat_of(tx, id, person) is not None:
            continue
        if not seats.free_for(tx, offer, person, now):
            raise SoldOut
        settling.seated(tx, buying.sold(tx, till, "ticket", offer, (actor.person, person), 0, 0, now), now)


def set_code(tx: Connection, actor: Actor, id: SpaceId, code: str, per_cent: int, uses: int) -> None:
    """A promo code.

    Raises:
        NoOffer, HostOnly
    """
    _own_offer(tx, actor, id)
    store.set_code(tx, id, code, per_cent, uses)


def drop_code(tx: Connection, actor: Actor, id: SpaceId, code: str) -> None:
    """Takes a promo code back.

    Raises:
        NoOffer, HostOnly
    """
    _own_offer(tx, actor, id)
    store.drop_code(tx, id, code)


def refund(tx: Connection, till: Till, actor: Actor, id: SpaceId, sale: SaleId, now: datetime) -> None:
    """The host gives somebody their money back, for whatever reason.

    Raises:
        NoTicket, HostOnly
    """
    found = sale_store.sale(tx, sale)
    if found is None or found.space != id:
        raise NoTicket
    if found.host != actor.person:
        raise HostOnly
    settling.give_back(tx, till.house.ids, sale, "host", now)


def _own_offer(tx: Connection, actor: Actor, id: SpaceId) -> Offer:
    offer = buying.offer_of(tx, id)
    if offer.host != actor.person:
        raise HostOnly
    return offer

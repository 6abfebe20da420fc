"""What people do with tickets: one unit of work each. What follows from money is in `settling`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection

from cooee.kit import money, outbox
from cooee.people import relations
from cooee.people import service as people
from cooee.people.errors import BlockedByThem, YouBlockedThem
from cooee.people.ids import PersonId
from cooee.spaces import service as spaces
from cooee.spaces.ahead import Ahead
from cooee.spaces.errors import HostOnly, SpaceNotFound
from cooee.spaces.rules.gates import Rollout
from cooee.spaces.service import Actor, House
from cooee.spaces.state import SpaceId
from cooee.tickets import rules, seats, settling, store
from cooee.tickets.errors import (
    CodeUnknown,
    HasTicket,
    NoOffer,
    NotBuyable,
    NoTicket,
    NoTips,
    NotPayable,
    OfferFixed,
    OfferTooLate,
    PaymentsAway,
    SaleOver,
    SoldOut,
    TicketsOff,
    TooManyUnpaid,
)
from cooee.tickets.payments import Payments
from cooee.tickets.rules import HOLD, Kind, Terms
from cooee.tickets.settling import RELEASE_TOPIC
from cooee.tickets.state import Offer, Payee, Sale, SaleId

ABSENT_TOPIC = "tickets.absent"
_COUNTED = timedelta(days=30)

HasOpenCase = Callable[[Connection, SpaceId, PersonId], bool]
"""Whether moderators have a Space or its host before them. `app.py` wires the answer."""


@dataclass(frozen=True, slots=True)
class Till:
    """What selling needs. Without `payments`, nothing is sold that costs anything."""

    house: House
    ahead: Ahead
    terms: Terms
    rollout: Rollout
    has_open_case: HasOpenCase
    payments: Payments | None
    site_url: str


@dataclass(frozen=True, slots=True)
class Subject:
    """The Space that it is about. `owner` has the host's role."""

    id: SpaceId
    owner: PersonId
    title: str
    state: Literal["ahead", "live", "over"]
    banned: frozenset[PersonId]
    begins: datetime


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants to buy."""

    code: str | None = None
    person: PersonId | None = None


def subject(tx: Connection, till: Till, id: SpaceId, viewer: PersonId | None) -> Subject:
    """A Space as this person may see it.

    Raises:
        SpaceNotFound, YouBlockedThem, BlockedByThem
    """
    try:
        space, _ = spaces.seen(tx, till.house, id, viewer)
    except SpaceNotFound:
        ahead = till.ahead.seen(tx, id, viewer)
        state: Literal["ahead", "over"] = "over" if ahead.state == "canceled" else "ahead"
        return Subject(id, PersonId(ahead.host.id), ahead.title, state, frozenset(), ahead.scheduled_start)
    now_is: Literal["live", "over"] = "over" if space.ended else "live"
    return Subject(id, space.owner, space.title, now_is, space.banned, space.started_at)


def seller(tx: Connection, till: Till, person: PersonId, now: datetime) -> rules.Seller:
    """What the rules ask about whoever wants to sell."""
    record, payee = people.person_by_id(tx, person), store.payee(tx, person)
    held = store.hosted(tx, person, now - _COUNTED)
    return rules.Seller(person, record.followers, held, record.admin, payee is not None and payee.ready)


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
        outbox.put(tx, f"{ABSENT_TOPIC}:{id}", ABSENT_TOPIC, {"space": id}, about.begins)
        return
    rules.check_price(before.currency, price)
    if (price != before.price and store.taken(tx, id)) or count < before.seats:
        raise OfferFixed
    store.change_offer(tx, id, price=price, seats=count, state=state)
    seats.hand_over(tx, id, now)


def drop_offer(tx: Connection, till: Till, actor: Actor, id: SpaceId) -> None:
    """Takes tickets off that nobody has bought: whoever likes comes in.

    Raises:
        SpaceNotFound, NoOffer, HostOnly, OfferFixed, OfferTooLate
    """
    about, offer = subject(tx, till, id, actor.person), _own_offer(tx, actor, id)
    if about.state != "ahead":
        raise OfferTooLate
    if store.taken(tx, offer.space):
        raise OfferFixed
    store.drop_offer(tx, id)


def hold(tx: Connection, till: Till, me: PersonId, id: SpaceId, order: Order, rate: int, now: datetime) -> Sale:
    """Keeps a seat for half an hour while it is paid; one that costs nothing is taken at once.

    Before it is paid, a gift keeps the person whom it is for from nothing: not from their place in line, nor from
    buying a ticket themselves.

    Raises:
        SpaceNotFound, YouBlockedThem, BlockedByThem, NoOffer, SaleOver, NotBuyable, HasTicket, CodeUnknown,
        TooManyUnpaid, SoldOut, NotPayable, PaymentsAway, TicketsOff,
        PersonNotFound
    """
    about, offer = subject(tx, till, id, me), _offer(tx, id)
    if about.state == "over" or offer.state != "open" or till.house.suspended(tx, offer.host, "hosting", now):
        raise SaleOver
    holder = order.person or me
    _check_holder(tx, about, offer, holder)
    if holder != me:
        _check_gift(tx, till, id, me, holder)
    before = store.seat_of(tx, id, holder, gifts=holder != me)
    if before is not None:
        if before.buyer == me and before.state == "held" and before.code == order.code:
            return before
        raise HasTicket
    amount = _price(tx, offer, order.code)
    if amount > 0:
        _check_unpaid(tx, me)
    is_unpaid_gift = holder != me and amount > 0
    if not seats.free_for(tx, offer, None if is_unpaid_gift else holder, now):
        raise SoldOut
    if amount > 0 and rate == 0:
        # What it costs has changed since the rate was asked for.
        raise PaymentsAway if till.payments else TicketsOff
    sale = _sold(tx, till, "ticket", offer, (me, holder), amount, rate, now, code=order.code)
    if sale.state == "paid":
        settling.seated(tx, sale, now)
    elif not is_unpaid_gift:
        store.leave_line(tx, id, holder)
    return sale


def needs_rate(tx: Connection, id: SpaceId, code: str | None) -> str | None:
    """The currency whose rate it takes to buy a seat; None if it costs nothing, or `hold` refuses it anyway."""
    offer = store.offer(tx, id)
    try:
        return offer.currency if offer is not None and _price(tx, offer, code) > 0 else None
    except (CodeUnknown, NotPayable):
        return None


def give_seats(tx: Connection, till: Till, actor: Actor, id: SpaceId, to: Sequence[PersonId], now: datetime) -> None:
    """The host's guests: seats that cost nothing. Who has one keeps it.

    Raises:
        SpaceNotFound, NoOffer, HostOnly, SaleOver, SoldOut, NotBuyable, PersonNotFound
    """
    about, offer = subject(tx, till, id, actor.person), _own_offer(tx, actor, id)
    if about.state == "over" or offer.is_over:
        raise SaleOver
    for person in to:
        _check_holder(tx, about, offer, person)
        _check_gift(tx, till, id, actor.person, person)
        if store.seat_of(tx, id, person) is not None:
            continue
        if not seats.free_for(tx, offer, person, now):
            raise SoldOut
        settling.seated(tx, _sold(tx, till, "ticket", offer, (actor.person, person), 0, 0, now), now)


def tip(tx: Connection, till: Till, me: PersonId, id: SpaceId, amount: int, rate: int, now: datetime) -> Sale:
    """A tip for the host of a live Space.

    Raises:
        SpaceNotFound, YouBlockedThem, BlockedByThem, NoTips, PriceNotPossible, TooManyUnpaid
    """
    about = subject(tx, till, id, me)
    payee = tips_to(tx, about)
    if payee is None or payee.person == me:
        raise NoTips
    assert payee.currency is not None, "an account that is ready has a currency"
    rules.check_price(payee.currency, amount)
    _check_unpaid(tx, me)
    offer = Offer(id, payee.person, payee.currency, amount, 0, "open")
    return _sold(tx, till, "tip", offer, (me, me), amount, rate, now)


def tips_to(tx: Connection, about: Subject) -> Payee | None:
    """Who takes tips in a Space now: in the currency of its tickets, for one payout is made for a Space."""
    payee = store.payee(tx, about.owner)
    if about.state != "live" or payee is None or not payee.ready or not payee.tips:
        return None
    offer = store.offer(tx, about.id)
    return payee if offer is None or offer.currency == payee.currency else None


def leave(tx: Connection, me: PersonId, id: SpaceId, now: datetime) -> None:
    """Somebody does not want the seat after all that they have not paid: its page is closed, and it is free.

    Raises:
        NoTicket
    """
    sale = store.seat_of(tx, id, me)
    if sale is None or sale.buyer != me or sale.state != "held":
        raise NoTicket
    outbox.put_by(tx, f"{RELEASE_TOPIC}:{sale.id}", RELEASE_TOPIC, {"sale": sale.id}, now)


def stand_in_line(tx: Connection, till: Till, me: PersonId, id: SpaceId, now: datetime) -> None:
    """Somebody waits for a seat.

    Raises:
        SpaceNotFound, YouBlockedThem, BlockedByThem, NoOffer, SaleOver, NotBuyable, HasTicket
    """
    about, offer = subject(tx, till, id, me), _offer(tx, id)
    if about.state == "over" or offer.state != "open":
        raise SaleOver
    _check_holder(tx, about, offer, me)
    if store.seat_of(tx, id, me) is not None:
        raise HasTicket
    store.stand_in_line(tx, id, me, now)
    seats.hand_over(tx, id, now)


def leave_line(tx: Connection, me: PersonId, id: SpaceId, now: datetime) -> None:
    """Somebody waits no longer; a seat that was kept for them goes to the next."""
    if store.offer(tx, id, hold=True) is not None and store.leave_line(tx, id, me):
        seats.hand_over(tx, id, now)


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
    found = store.sale(tx, sale)
    if found is None or found.space != id:
        raise NoTicket
    if found.host != actor.person:
        raise HostOnly
    settling.give_back(tx, till.house.ids, sale, "host", now)


def _offer(tx: Connection, id: SpaceId) -> Offer:
    offer = store.offer(tx, id, hold=True)
    if offer is None:
        raise NoOffer
    return offer


def _own_offer(tx: Connection, actor: Actor, id: SpaceId) -> Offer:
    offer = _offer(tx, id)
    if offer.host != actor.person:
        raise HostOnly
    return offer


def _check_holder(tx: Connection, about: Subject, offer: Offer, holder: PersonId) -> None:
    people.person_by_id(tx, holder)
    apart = relations.blocked_between(tx, holder, offer.host)
    if apart or holder in (offer.host, about.owner) or holder in about.banned:
        raise NotBuyable


def _check_gift(tx: Connection, till: Till, id: SpaceId, giver: PersonId, holder: PersonId) -> None:
    """What is given can be used, and does not come from somebody whom the holder has shut out."""
    if relations.blocked_between(tx, giver, holder):
        raise NotBuyable
    try:
        subject(tx, till, id, holder)
    except (SpaceNotFound, YouBlockedThem, BlockedByThem) as error:
        raise NotBuyable from error


def _check_unpaid(tx: Connection, buyer: PersonId) -> None:
    """Nobody keeps seats from others by not paying for them."""
    if store.unpaid(tx, buyer) >= rules.MOST_UNPAID:
        raise TooManyUnpaid


def _price(tx: Connection, offer: Offer, code: str | None) -> int:
    per_cent = 0
    if code is not None:
        found = store.code(tx, offer.space, code)
        if found is None or store.code_used(tx, offer.space, code) >= found[1]:
            raise CodeUnknown
        per_cent = found[0]
    if per_cent < 100 and not money.is_sold_in(offer.currency):
        raise NotPayable
    return rules.discounted(offer.currency, offer.price, per_cent)


def _sold(
    tx: Connection,
    till: Till,
    kind: Kind,
    offer: Offer,
    parties: tuple[PersonId, PersonId],
    amount: int,
    rate: int,
    now: datetime,
    code: str | None = None,
) -> Sale:
    payee = store.payee(tx, offer.host, hold=True)
    if amount > 0 and (payee is None or not payee.ready):
        raise NotPayable
    buyer, holder = parties
    free = amount == 0 or payee is None
    fee = 0 if free or payee is None else settling.fee_at_most(tx, payee, amount, rate)
    sale = Sale(
        SaleId(till.house.ids.text()),
        kind,
        offer.space,
        offer.host,
        buyer,
        holder,
        offer.currency,
        amount,
        fee,
        rate,
        now,
        "paid" if free else "held",
        held_until=None if free else now + HOLD,
        code=code,
        share=0 if free else None,
        paid_at=now if free else None,
    )
    store.insert_sale(tx, sale)
    if not free:
        outbox.put(tx, f"{RELEASE_TOPIC}:{sale.id}", RELEASE_TOPIC, {"sale": sale.id}, now + HOLD)
    return sale

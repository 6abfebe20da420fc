"""What people do who buy: one unit of work each. What follows from money is in `settling`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from cooee.kit import money, outbox
from cooee.people import relations
from cooee.people import service as people
from cooee.people.errors import BlockedByThem, YouBlockedThem
from cooee.people.ids import PersonId
from cooee.spaces.errors import SpaceNotFound
from cooee.spaces.state import SpaceId
from cooee.tickets import rules, sale_store, seats, settling, store
from cooee.tickets.errors import (
    CodeUnknown,
    HasTicket,
    NoOffer,
    NotBuyable,
    NoTicket,
    NoTips,
    NotPayable,
    PaymentsAway,
    SaleOver,
    SoldOut,
    TicketsOff,
    TooManyUnpaid,
)
from cooee.tickets.rules import HOLD, Kind
from cooee.tickets.settling import RELEASE_TOPIC
from cooee.tickets.state import Offer, Payee, Sale, SaleId
from cooee.tickets.till import Subject, Till, subject


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants to buy."""

    code: str | None = None
    person: PersonId | None = None


def hold(tx: Connection, till: Till, me: PersonId, id: SpaceId, order: Order, rate: int, now: datetime) -> Sale:
    """Keeps a seat for half an hour while it is paid; one that costs nothing is taken at once.

    Before it is paid, a gift keeps the person whom it is for from nothing: not from their place in line, nor from
    buying a ticket themselves.

    Raises:
        SpaceNotFound, YouBlockedThem, BlockedByThem, NoOffer, SaleOver, NotBuyable, HasTicket, CodeUnknown,
        TooManyUnpaid, SoldOut, NotPayable, PaymentsAway, TicketsOff,
        PersonNotFound
    """
    about, offer = subject(tx, till, id, me), offer_of(tx, id)
    if about.state == "over" or offer.state != "open" or till.house.suspended(tx, offer.host, "hosting", now):
        raise SaleOver
    holder = order.person or me
    check_holder(tx, about, offer, holder)
    if holder != me:
        check_gift(tx, till, id, me, holder)
    before = sale_store.seat_of(tx, id, holder, gifts=holder != me)
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
    begins = about.begins if about.state == "ahead" else None
    sale = sold(tx, till, "ticket", offer, (me, holder), amount, rate, now, code=order.code, begins_at=begins)
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
    return sold(tx, till, "tip", offer, (me, me), amount, rate, now)


def tips_to(tx: Connection, about: Subject) -> Payee | None:
    """Who takes tips in a Space now: whoever is its host in this moment."""
    payee = store.payee(tx, about.owner)
    return payee if about.state == "live" and payee and payee.ready and payee.tips else None


def leave(tx: Connection, me: PersonId, id: SpaceId, now: datetime) -> None:
    """Somebody does not want the seat after all that they have not paid: its page is closed, and it is free.

    Raises:
        NoTicket
    """
    sale = sale_store.seat_of(tx, id, me)
    if sale is None or sale.buyer != me or sale.state != "held":
        raise NoTicket
    outbox.put_by(tx, f"{RELEASE_TOPIC}:{sale.id}", RELEASE_TOPIC, {"sale": sale.id}, now)


def stand_in_line(tx: Connection, till: Till, me: PersonId, id: SpaceId, now: datetime) -> None:
    """Somebody waits for a seat.

    Raises:
        SpaceNotFound, YouBlockedThem, BlockedByThem, NoOffer, SaleOver, NotBuyable, HasTicket
    """
    about, offer = subject(tx, till, id, me), offer_of(tx, id)
    if about.state == "over" or offer.state != "open":
        raise SaleOver
    check_holder(tx, about, offer, me)
    if sale_store.seat_of(tx, id, me) is not None:
        raise HasTicket
    store.stand_in_line(tx, id, me, now)
    seats.hand_over(tx, id, now)


def leave_line(tx: Connection, me: PersonId, id: SpaceId, now: datetime) -> None:
    """Somebody waits no longer; a seat that was kept for them goes to the next."""
    if store.offer(tx, id, hold=True) is not None and store.leave_line(tx, id, me):
        seats.hand_over(tx, id, now)


def offer_of(tx: Connection, id: SpaceId) -> Offer:
    """The tickets of a Space, which nobody else sells or buys until this transaction ends.

    Raises:
        NoOffer
    """
    offer = store.offer(tx, id, hold=True)
    if offer is None:
        raise NoOffer
    return offer


def check_holder(tx: Connection, about: Subject, offer: Offer, holder: PersonId) -> None:
    """Raises `NotBuyable` for whoever can have no seat: the host, and who was removed or is in a block."""
    people.person_by_id(tx, holder)
    apart = relations.blocked_between(tx, holder, offer.host)
    if apart or holder in (offer.host, about.owner) or holder in about.banned:
        raise NotBuyable


def check_gift(tx: Connection, till: Till, id: SpaceId, giver: PersonId, holder: PersonId) -> None:
    """What is given can be used, and does not come from somebody whom the holder has shut out."""
    if relations.blocked_between(tx, giver, holder):
        raise NotBuyable
    try:
        subject(tx, till, id, holder)
    except (SpaceNotFound, YouBlockedThem, BlockedByThem) as error:
        raise NotBuyable from error


def _check_unpaid(tx: Connection, buyer: PersonId) -> None:
    """Nobody keeps seats from others by not paying for them."""
    if sale_store.unpaid(tx, buyer) >= rules.MOST_UNPAID:
        raise TooManyUnpaid


def _price(tx: Connection, offer: Offer, code: str | None) -> int:
    per_cent = 0
    if code is not None:
        found = store.code(tx, offer.space, code)
        if found is None or sale_store.code_used(tx, offer.space, code) >= found[1]:
            raise CodeUnknown
        per_cent = found[0]
    if per_cent < 100 and not money.is_sold_in(offer.currency):
        raise NotPayable
    return rules.discounted(offer.currency, offer.price, per_cent)


def sold(
    tx: Connection,
    till: Till,
    kind: Kind,
    offer: Offer,
    parties: tuple[PersonId, PersonId],
    amount: int,
    rate: int,
    now: datetime,
    code: str | None = None,
    begins_at: datetime | None = None,
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
        begins_at=begins_at,
    )
    sale_store.insert_sale(tx, sale)
    if not free:
        outbox.put(tx, f"{RELEASE_TOPIC}:{sale.id}", RELEASE_TOPIC, {"sale": sale.id}, now + HOLD)
    return sale

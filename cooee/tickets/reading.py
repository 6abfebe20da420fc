"""What people are shown of tickets and earnings."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from cooee.kit import money
from cooee.kit.pages import Asking, cursor_of, cut
from cooee.people import service as people
from cooee.people.cards import CardTicket
from cooee.people.ids import PersonId
from cooee.people.shapes import Person
from cooee.schedule import store as schedule_store
from cooee.spaces import store as space_store
from cooee.spaces.house import Actor
from cooee.spaces.state import SpaceId
from cooee.tickets import ledger, ledger_store, payout_store, rules, sale_store, seats, settling, shapes, store
from cooee.tickets.errors import NoOffer, NoTicket
from cooee.tickets.service import tips_to
from cooee.tickets.state import Offer, Payee, Payout, Sale, SaleId
from cooee.tickets.till import Subject, Till, seller, subject

_MOST_SHOWN = 200


def tickets(tx: Connection, till: Till, id: SpaceId, viewer: PersonId | None, now: datetime) -> shapes.Tickets:
    """The tickets of a Space, for one person; `None` is a guest.

    Raises:
        SpaceNotFound, YouBlockedThem, BlockedByThem
    """
    about, offer = subject(tx, till, id, viewer), store.offer(tx, id)
    mine = sale_store.seat_of(tx, id, viewer) if viewer else None
    line = [waiting for waiting in store.waiting(tx, id)] if viewer else []
    place = next((place for place, one in enumerate(line, start=1) if one.person == viewer), None)
    until = line[place - 1].offered_until if place else None
    payee = tips_to(tx, about) if till.payments else None
    sells = offer is not None and viewer == offer.host
    return shapes.Tickets(
        space=id,
        offer=_offer(tx, offer, now) if offer else None,
        mine=_tickets(tx, till, [mine], viewer)[0] if mine and viewer else None,
        waiting=place,
        offered_until=until if until and until > now else None,
        sells=sells,
        earned_at=_earned_at(tx, till, about) if sells and about.state == "live" else None,
        tips=_tips(payee) if payee and payee.person != viewer else None,
    )


def _earned_at(tx: Connection, till: Till, about: Subject) -> datetime:
    ahead = schedule_store.one(tx, about.id)
    return rules.earned_at(ahead.when.at if ahead else None, about.begins, till.terms.least)


def ticket(tx: Connection, till: Till, me: PersonId, id: SaleId) -> shapes.Ticket:
    """One's own ticket or tip.

    Raises:
        NoTicket
    """
    sale = sale_store.sale(tx, id)
    if sale is None or me not in (sale.buyer, sale.holder):
        raise NoTicket
    return _tickets(tx, till, [sale], me)[0]


def my_tickets(tx: Connection, till: Till, me: PersonId, now: datetime) -> shapes.MyTickets:
    """What somebody bought or got, the latest first, and for what they wait."""
    items = _tickets(tx, till, sale_store.tickets_of(tx, me, _MOST_SHOWN), me)
    return shapes.MyTickets(items=items, waiting=_places(tx, till, me, now))


def tickets_of(tx: Connection, ids: Collection[SpaceId], viewer: PersonId | None) -> dict[SpaceId, CardTicket]:
    """What it takes to come into those of these Spaces that take anything; `None` is a guest."""
    offers = {offer.space: offer for offer in store.offers_of(tx, ids) if not offer.is_over} if ids else {}
    if not offers:
        return {}
    taken = sale_store.taken_of(tx, offers)
    held = sale_store.holding(tx, offers, viewer) if viewer else set()

    def ticket(offer: Offer) -> CardTicket:
        left = rules.free_seats(offer.seats, taken.get(offer.space, 0), 0) if offer.state == "open" else 0
        mine = offer.host == viewer or offer.space in held
        return CardTicket(price=offer.price, currency=offer.currency, left=left, mine=mine)

    return {id: ticket(offer) for id, offer in offers.items()}


def sold(tx: Connection, till: Till, actor: Actor, id: SpaceId, now: datetime) -> shapes.Sales:
    """All that was sold for a Space, for its host.

    Raises:
        SpaceNotFound, NoOffer
    """
    offer = store.offer(tx, id)
    if offer is None or offer.host != actor.person:
        raise NoOffer
    sales = sale_store.sales_of(tx, id, ("held", "paid", "refunding", "refunded", "void"))
    faces = _faces(tx, till, sales)
    return shapes.Sales(
        tickets=tickets(tx, till, id, actor.person, now),
        sold=[_sold(sale, faces) for sale in sales if sale.buyer in faces and sale.holder in faces],
        codes=[
            shapes.PromoCode(code=code, per_cent=per_cent, uses=uses, used=sale_store.code_used(tx, id, code))
            for code, per_cent, uses in store.codes_of(tx, id)
        ],
        waiting=len(store.waiting(tx, id)),
    )


def selling(tx: Connection, till: Till, me: PersonId, why_off: shapes.WhyOff | None, now: datetime) -> shapes.Seller:
    """Whether somebody may sell, and how far they are."""
    who, payee = seller(tx, till, me, now), store.payee(tx, me)
    limits = rules.prices(payee.currency) if payee and payee.ready and payee.currency else (None, None)
    return shapes.Seller(
        on=why_off is None,
        why_off=why_off,
        may_sell=rules.may_sell(till.terms, who, included=till.rollout.includes(me)),
        followers=who.followers,
        followers_needed=till.terms.min_followers,
        spaces=who.spaces,
        spaces_needed=till.terms.min_spaces,
        account=_account(payee),
        currency=payee.currency if payee else None,
        least=limits[0],
        most=limits[1],
        tips=payee is not None and payee.tips,
        least_minutes=int(till.terms.least.total_seconds()) // 60,
        countries=list(till.countries),
    )


def _account(payee: Payee | None) -> Literal["none", "pending", "foreign", "ready"]:
    if payee is None or payee.account is None:
        return "none"
    if payee.currency is not None and not money.is_sold_in(payee.currency):
        return "foreign"
    return "ready" if payee.ready else "pending"


def earnings(tx: Connection, till: Till, me: PersonId, why_off: shapes.WhyOff | None, now: datetime) -> shapes.Earnings:
    """All that somebody earned."""
    payee = store.payee(tx, me)
    account = ledger.host(payee.party) if payee else None
    left = ledger_store.balances(tx, account) if account else {}
    return shapes.Earnings(
        seller=selling(tx, till, me, why_off, now),
        earned_usd=payee.earned_usd if payee else 0,
        border_usd=rules.BORDER_USD,
        share_per_cent=rules.SMALL_SHARE,
        later_share_per_cent=rules.LARGE_SHARE,
        balances=[shapes.Balance(currency=currency, amount=amount) for currency, amount in sorted(left.items())],
        spaces=_by_space(tx, payee) if payee else [],
    )


def lines(tx: Connection, me: PersonId, asked: Asking) -> shapes.LedgerPage:
    """The lines of somebody's account."""
    payee = store.payee(tx, me)
    if payee is None:
        return shapes.LedgerPage(items=[], next=None)
    rows, last = cut(ledger_store.lines_of(tx, ledger.host(payee.party), asked), asked.limit)
    return shapes.LedgerPage(
        items=[
            shapes.LedgerLine(
                id=row.id, at=row.at, kind=row.kind, amount=row.amount, currency=row.currency, space=row.space_id
            )
            for row in rows
        ],
        next=cursor_of(int(last.id)) if last is not None else None,
    )


def _by_space(tx: Connection, payee: Payee) -> list[shapes.Earned]:
    moved: dict[tuple[SpaceId, str], dict[str, int]] = {}
    for space, kind, currency, amount in ledger_store.moved(tx, ledger.host(payee.party)):
        moved.setdefault((space, currency), {})[kind] = amount
    ids = {space for space, _ in moved}
    shares: dict[tuple[SpaceId, str], dict[str, int]] = {}
    for space, kind, currency, amount in ledger_store.moved(tx, ledger.SHARE, ids):
        shares.setdefault((space, currency), {})[kind] = amount
    known = billed(tx, ids)
    payouts = {(payout.space, payout.currency): payout for payout in payout_store.payouts_to(tx, payee.person)}
    return [
        _earned(key, kinds, shares.get(key, {}), known[key[0]].title if key[0] in known else "", payouts.get(key))
        for key, kinds in moved.items()
    ]


def _earned(
    key: tuple[SpaceId, str], kinds: Mapping[str, int], share: Mapping[str, int], title: str, payout: Payout | None
) -> shapes.Earned:
    def both(*names: str) -> int:
        return sum(kinds.get(name, 0) + share.get(name, 0) for name in names)

    return shapes.Earned(
        space=key[0],
        title=title,
        currency=key[1],
        sales=both("sale"),
        refunds=-both("refund", "chargeback", "chargeback_won"),
        share=sum(share.values()),
        paid_out=-both("payout", "payout_failed"),
        payout=payout.state if payout else None,
        payout_at=payout.due_at if payout else None,
    )


@dataclass(frozen=True, slots=True)
class Billed:
    """A Space as it stands on a ticket."""

    title: str
    stage: shapes.Stage
    host: PersonId
    begins_at: datetime


def billed(tx: Connection, ids: Collection[SpaceId]) -> dict[SpaceId, Billed]:
    """What Spaces are called, and when they are, ahead, live or over."""
    ahead = {
        id: Billed(one.plan.title, "over" if one.state == "canceled" else "ahead", one.host, one.when.at)
        for id, one in schedule_store.by_ids(tx, ids).items()
    }
    begun = {
        id: Billed(space.title, "over" if space.ended else "live", space.owner, space.started_at)
        for id, space in space_store.by_ids(tx, ids).items()
    }
    return {**ahead, **begun}


def _places(tx: Connection, till: Till, me: PersonId, now: datetime) -> list[shapes.Place]:
    ids = store.lines_of_person(tx, me)
    known = billed(tx, ids)
    hosts = people.persons(tx, {each.host for each in known.values()}, till.house.asks)
    places = []
    for id in ids:
        bill = known.get(id)
        line = store.waiting(tx, id)
        place = next((place for place, one in enumerate(line, start=1) if one.person == me), None)
        if bill is None or bill.stage == "over" or bill.host not in hosts or place is None:
            continue
        until = line[place - 1].offered_until
        places.append(
            shapes.Place(
                space=id,
                title=bill.title,
                host=hosts[bill.host],
                place=place,
                offered_until=until if until and until > now else None,
                begins_at=bill.begins_at,
            )
        )
    return places


def _tickets(tx: Connection, till: Till, shown: Collection[Sale], me: PersonId | None) -> list[shapes.Ticket]:
    faces, known = _faces(tx, till, shown), billed(tx, {sale.space for sale in shown})
    return [
        _ticket(tx, sale, faces, known.get(sale.space), me)
        for sale in shown
        if sale.buyer in faces and sale.holder in faces
    ]


def _ticket(
    tx: Connection, sale: Sale, faces: Mapping[PersonId, Person], bill: Billed | None, me: PersonId | None
) -> shapes.Ticket:
    return shapes.Ticket(
        id=sale.id,
        kind=sale.kind,
        space=sale.space,
        title=bill.title if bill else "",
        state=sale.state,
        amount=sale.amount,
        currency=sale.currency,
        buyer=faces[sale.buyer],
        holder=faces[sale.holder],
        returnable=sale.buyer == me and settling.is_returnable(tx, sale),
        returned=sale.returned if sale.buyer == me else 0,
        owing=sale.owing if sale.buyer == me else 0,
        held_until=sale.held_until,
        checkout_url=sale.url if sale.buyer == me else None,
        reason=sale.reason,
        stage=bill.stage if bill else "over",
        begins_at=bill.begins_at if bill else None,
    )


def _faces(tx: Connection, till: Till, shown: Iterable[Sale]) -> dict[PersonId, Person]:
    concerned = {person for sale in shown for person in (sale.buyer, sale.holder)}
    return people.persons(tx, concerned, till.house.asks)


def _sold(sale: Sale, faces: Mapping[PersonId, Person]) -> shapes.Sold:
    return shapes.Sold(
        id=sale.id,
        kind=sale.kind,
        state=sale.state,
        amount=sale.amount,
        share=sale.share,
        currency=sale.currency,
        buyer=faces[sale.buyer],
        holder=faces[sale.holder],
        returned=sale.returned,
        code=sale.code,
        paid_at=sale.paid_at,
        reason=sale.reason,
    )


def _offer(tx: Connection, offer: Offer, now: datetime) -> shapes.Offer:
    return shapes.Offer(
        price=offer.price,
        currency=offer.currency,
        seats=offer.seats,
        left=seats.left(tx, offer, now) if offer.state == "open" else 0,
        taken=sale_store.taken(tx, offer.space),
        state=offer.state,
    )


def _tips(payee: Payee) -> shapes.Tips:
    assert payee.currency is not None, "an account that is ready has a currency"
    least, most = rules.prices(payee.currency)
    return shapes.Tips(currency=payee.currency, least=least, most=most)

"""Tickets, tips and payouts: offering, buying, waiting, earning; and the address for the provider's events."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Request, status

from cooee.kit.errors import (
    BadCursor,
    BodyTooLarge,
    ForeignOrigin,
    InvalidRequest,
    Refusal,
    TooManyRequests,
    Unauthenticated,
)
from cooee.kit.idempotency import IdempotencyKey
from cooee.kit.ids import TEXT_PATTERN
from cooee.kit.pages import AskedPage
from cooee.kit.problems import refusals
from cooee.kit.web import Toolbox, Tools, read_body
from cooee.people.errors import BlockedByThem, PersonNotFound, YouBlockedThem
from cooee.people.ids import PersonId
from cooee.people.session import Account, MaybeSignedIn, SignedIn
from cooee.people.sign_in.errors import AdministratorsOnly
from cooee.spaces.errors import HostOnly, SpaceNotFound
from cooee.spaces.web.asking import Acting, SpaceInPath
from cooee.tickets import offering, operating, payouts, reading, refunds, service, settling, shapes, store
from cooee.tickets.errors import (
    BadSignature,
    CannotSellYet,
    CodeUnknown,
    CountryNotPossible,
    HasTicket,
    NoOffer,
    NotBuyable,
    NothingOwed,
    NoTicket,
    NoTips,
    NotPayable,
    NotReturnable,
    OfferFixed,
    OfferTooLate,
    PaymentsAway,
    PriceNotPossible,
    RefundRefused,
    SaleOver,
    SoldOut,
    TicketsOff,
    TooManyUnpaid,
)
from cooee.tickets.live import Desk
from cooee.tickets.service import Order
from cooee.tickets.state import SaleId
from cooee.tickets.wiring import Till

router = APIRouter(tags=["tickets"])

_MOST_EVENT = 256 * 1024
EARNINGS = "/settings/earnings"
"""The page to which whoever has been at the provider's comes back."""

_SIGNED_IN: tuple[type[Refusal], ...] = (ForeignOrigin, InvalidRequest, Unauthenticated)
_SEEN: tuple[type[Refusal], ...] = (BlockedByThem, SpaceNotFound, YouBlockedThem)
_ASKING: tuple[type[Refusal], ...] = (PaymentsAway, TicketsOff, TooManyRequests)
_PROVIDER: tuple[type[Refusal], ...] = (NotPayable, *_ASKING)
SaleInPath = Annotated[str, Path(alias="sale_id", pattern=TEXT_PATTERN, description="A ticket's id")]


@router.get("/me/tickets", responses=refusals(Unauthenticated))
async def list_my_tickets(me: SignedIn, tools: Tools, till: Till) -> shapes.MyTickets:
    """Tickets and tips that one bought or got, the latest first, and for what one waits."""
    now = tools.clock.now()
    return await tools.db.read(lambda tx: reading.my_tickets(tx, till.till, me.id, now))


@router.get("/me/tickets/{sale_id}", responses=refusals(InvalidRequest, NoTicket, PaymentsAway, Unauthenticated))
async def read_my_ticket(sale_id: SaleInPath, me: SignedIn, till: Till) -> shapes.Ticket:
    """One ticket or tip. While it is not paid, the payment provider is asked about it."""
    return await till.ticket(me.id, SaleId(sale_id))


@router.post("/me/tickets/{sale_id}/return", responses=refusals(*_SIGNED_IN, NoTicket, NotReturnable))
async def return_ticket(sale_id: SaleInPath, me: SignedIn, tools: Tools, till: Till) -> shapes.Ticket:
    """Give back a ticket that one bought for another time, unless its holder was there: the money comes back."""
    now, ids = tools.clock.now(), till.till.house.ids
    await tools.db.write(lambda tx: settling.give_up(tx, ids, me.id, SaleId(sale_id), now))
    return await tools.db.read(lambda tx: reading.ticket(tx, till.till, me.id, SaleId(sale_id)))


@router.get("/me/selling", responses=refusals(Unauthenticated))
async def read_selling(me: SignedIn, tools: Tools, till: Till) -> shapes.Seller:
    """Whether one may sell tickets, and how far one is."""
    now = tools.clock.now()
    return await tools.db.read(lambda tx: reading.selling(tx, till.till, me.id, till.why_off, now))


@router.put("/me/selling", responses=refusals(*_SIGNED_IN))
async def change_selling(asked: shapes.TakeTips, me: SignedIn, tools: Tools, till: Till) -> shapes.Seller:
    """Take tips while hosting, or none."""
    now = tools.clock.now()
    await tools.db.write(lambda tx: store.change_payee(tx, me.id, tips=asked.tips))
    return await tools.db.read(lambda tx: reading.selling(tx, till.till, me.id, till.why_off, now))


@router.post("/me/payout-account", responses=refusals(*_SIGNED_IN, *_ASKING, CountryNotPossible))
async def open_payout_account(
    me: SignedIn, tools: Tools, till: Till, asked: shapes.OpenAccount | None = None
) -> shapes.Link:
    """Go on at the payment provider: to open a payout account, or to see it."""
    await _counted(tools, till, me)
    return shapes.Link(url=await till.connect(me.id, EARNINGS, asked.country if asked else None))


@router.post("/me/payout-account/check", responses=refusals(*_SIGNED_IN, *_ASKING))
async def check_payout_account(me: SignedIn, tools: Tools, till: Till) -> shapes.Seller:
    """Ask the payment provider how one's account stands, as after coming back from there."""
    await _counted(tools, till, me)
    await till.look_at_account(me.id)
    now = tools.clock.now()
    return await tools.db.read(lambda tx: reading.selling(tx, till.till, me.id, till.why_off, now))


@router.get("/me/earnings", responses=refusals(Unauthenticated))
async def read_earnings(me: SignedIn, tools: Tools, till: Till) -> shapes.Earnings:
    """What one earned: by Space, what is left to be paid out, and how far the larger share is."""
    now = tools.clock.now()
    return await tools.db.read(lambda tx: reading.earnings(tx, till.till, me.id, till.why_off, now))


@router.get("/me/earnings/lines", responses=refusals(BadCursor, InvalidRequest, Unauthenticated))
async def list_ledger_lines(me: SignedIn, tools: Tools, asked: AskedPage) -> shapes.LedgerPage:
    """The lines of one's account in the ledger, the latest first."""
    return await tools.db.read(lambda tx: reading.lines(tx, me.id, asked))


@router.get("/payments", responses=refusals(AdministratorsOnly, Unauthenticated))
async def read_books(me: SignedIn, tools: Tools, till: Till) -> shapes.Books:
    """The ledger as a whole, and payouts, refunds and chargebacks that need somebody: for administrators."""
    if not me.admin:
        raise AdministratorsOnly
    now = tools.clock.now()
    return await tools.db.read(lambda tx: operating.books(tx, till.till, till.why_off, now))


@router.post(
    "/payments/payouts/{id}/retry",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(*_SIGNED_IN, AdministratorsOnly, SpaceNotFound),
)
async def try_payouts_again(id: SpaceInPath, me: SignedIn, tools: Tools) -> None:
    """Send what is due for a Space again that came back or could not leave, now: for administrators."""
    if not me.admin:
        raise AdministratorsOnly
    now = tools.clock.now()
    await tools.db.write(lambda tx: payouts.try_payouts_of_space_again(tx, id, now))


_OWED = refusals(*_SIGNED_IN, AdministratorsOnly, NothingOwed)


@router.post(
    "/payments/sales/{sale_id}/refund",
    responses=refusals(*_SIGNED_IN, AdministratorsOnly, NothingOwed, PaymentsAway, RefundRefused, TicketsOff),
)
async def refund_again(sale_id: SaleInPath, me: SignedIn, tools: Tools, till: Till) -> shapes.Books:
    """Send a buyer once more what their bank sent back: for administrators."""
    if not me.admin:
        raise AdministratorsOnly
    await till.refund_again(SaleId(sale_id))
    now = tools.clock.now()
    return await tools.db.read(lambda tx: operating.books(tx, till.till, till.why_off, now))


@router.post("/payments/sales/{sale_id}/settled", responses=_OWED)
async def settle_by_hand(sale_id: SaleInPath, me: SignedIn, tools: Tools, till: Till) -> shapes.Books:
    """Note that a buyer has what their bank sent back, by another way: for administrators."""
    if not me.admin:
        raise AdministratorsOnly
    now, ids = tools.clock.now(), till.till.house.ids
    await tools.db.write(lambda tx: refunds.settled(tx, ids, SaleId(sale_id), now))
    return await tools.db.read(lambda tx: operating.books(tx, till.till, till.why_off, now))


@router.get("/spaces/{id}/tickets", responses=refusals(*_SEEN, Unauthenticated))
async def read_tickets(id: SpaceInPath, me: MaybeSignedIn, tools: Tools, till: Till) -> shapes.Tickets:
    """What tickets cost, whether one has one, and where one stands in line."""
    now, viewer = tools.clock.now(), me.id if me else None
    return await tools.db.read(lambda tx: reading.tickets(tx, till.till, id, viewer, now))


@router.put(
    "/spaces/{id}/tickets",
    responses=refusals(
        *_SEEN, *_SIGNED_IN, CannotSellYet, HostOnly, NotPayable, OfferFixed, OfferTooLate, PriceNotPossible, SaleOver
    ),
)
async def offer_tickets(
    id: SpaceInPath, asked: shapes.MakeOffer, me: Acting, tools: Tools, till: Till
) -> shapes.Tickets:
    """Put tickets on sale before a Space begins; afterwards there can be more of them, and the sale can be closed."""
    now = tools.clock.now()
    await tools.db.write(
        lambda tx: offering.put_offer(tx, till.till, me, id, asked.price, asked.seats, now, is_open=asked.open)
    )
    return await tools.db.read(lambda tx: reading.tickets(tx, till.till, id, me.person, now))


@router.delete(
    "/spaces/{id}/tickets",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(*_SEEN, *_SIGNED_IN, HostOnly, NoOffer, OfferFixed, OfferTooLate),
)
async def withdraw_tickets(id: SpaceInPath, me: Acting, tools: Tools, till: Till) -> None:
    """Take tickets off that nobody has bought: whoever likes comes in."""
    await tools.db.write(lambda tx: offering.drop_offer(tx, till.till, me, id))


@router.post(
    "/spaces/{id}/tickets",
    status_code=status.HTTP_201_CREATED,
    responses=refusals(
        *_SEEN,
        *_SIGNED_IN,
        *_PROVIDER,
        *(CodeUnknown, HasTicket, NoOffer, NotBuyable, PersonNotFound, SaleOver, SoldOut, TooManyUnpaid),
    ),
)
async def buy_ticket(id: SpaceInPath, asked: shapes.BuyTicket, me: SignedIn, tools: Tools, till: Till) -> shapes.Ticket:
    """Keep a seat for half an hour, to be paid at `checkout_url`. One that costs nothing is one's own at once."""
    await _counted(tools, till, me)
    person = PersonId(asked.for_person) if asked.for_person else None
    sale = await till.buy(me.id, id, Order(asked.code, person))
    return await tools.db.read(lambda tx: reading.ticket(tx, till.till, me.id, sale.id))


@router.delete(
    "/spaces/{id}/tickets/mine",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(*_SIGNED_IN, NoTicket, SpaceNotFound),
)
async def leave_seat(id: SpaceInPath, me: SignedIn, tools: Tools) -> None:
    """Give up a seat that one has not paid: its page is closed, and somebody else can have it."""
    now = tools.clock.now()
    await tools.db.write(lambda tx: service.leave(tx, me.id, id, now))


@router.put(
    "/spaces/{id}/tickets/line",
    responses=refusals(*_SEEN, *_SIGNED_IN, HasTicket, NoOffer, NotBuyable, PersonNotFound, SaleOver),
)
async def stand_in_line(id: SpaceInPath, me: SignedIn, tools: Tools, till: Till) -> shapes.Tickets:
    """Wait for a seat. A free one is kept for the first in line, for half an hour."""
    now = tools.clock.now()
    await tools.db.write(lambda tx: service.stand_in_line(tx, till.till, me.id, id, now))
    return await tools.db.read(lambda tx: reading.tickets(tx, till.till, id, me.id, now))


@router.delete("/spaces/{id}/tickets/line", responses=refusals(*_SEEN, *_SIGNED_IN))
async def leave_line(id: SpaceInPath, me: SignedIn, tools: Tools, till: Till) -> shapes.Tickets:
    """Wait no longer."""
    now = tools.clock.now()
    await tools.db.write(lambda tx: service.leave_line(tx, me.id, id, now))
    return await tools.db.read(lambda tx: reading.tickets(tx, till.till, id, me.id, now))


@router.get("/spaces/{id}/tickets/sold", responses=refusals(*_SEEN, NoOffer, Unauthenticated))
async def read_sales(id: SpaceInPath, me: Acting, tools: Tools, till: Till) -> shapes.Sales:
    """All that was sold for one's Space, its codes, and how many wait: for the host."""
    now = tools.clock.now()
    return await tools.db.read(lambda tx: reading.sold(tx, till.till, me, id, now))


@router.post(
    "/spaces/{id}/tickets/sold/{sale_id}/refund", responses=refusals(*_SEEN, *_SIGNED_IN, HostOnly, NoOffer, NoTicket)
)
async def refund_ticket(id: SpaceInPath, sale_id: SaleInPath, me: Acting, tools: Tools, till: Till) -> shapes.Sales:
    """Give somebody their money back: for the host."""
    now = tools.clock.now()
    await tools.db.write(lambda tx: offering.refund(tx, till.till, me, id, SaleId(sale_id), now))
    return await tools.db.read(lambda tx: reading.sold(tx, till.till, me, id, now))


@router.post(
    "/spaces/{id}/tickets/given",
    responses=refusals(
        *_SEEN, *_SIGNED_IN, HostOnly, NoOffer, NotBuyable, PersonNotFound, SaleOver, SoldOut, TooManyRequests
    ),
)
async def give_seats(id: SpaceInPath, asked: shapes.GiveSeats, me: Acting, tools: Tools, till: Till) -> shapes.Sales:
    """Give free seats: for the host."""
    await tools.attempt(till.limit, "given", me.person)
    now, to = tools.clock.now(), [PersonId(person) for person in asked.people]
    await tools.db.write(lambda tx: offering.give_seats(tx, till.till, me, id, to, now))
    return await tools.db.read(lambda tx: reading.sold(tx, till.till, me, id, now))


@router.put("/spaces/{id}/tickets/codes/{code}", responses=refusals(*_SEEN, *_SIGNED_IN, HostOnly, NoOffer))
async def set_code(
    id: SpaceInPath, code: shapes.CodeInPath, asked: shapes.SetCode, me: Acting, tools: Tools, till: Till
) -> shapes.Sales:
    """A promo code, new or changed: for the host."""
    now = tools.clock.now()
    await tools.db.write(lambda tx: offering.set_code(tx, me, id, code.upper(), asked.per_cent, asked.uses))
    return await tools.db.read(lambda tx: reading.sold(tx, till.till, me, id, now))


@router.delete("/spaces/{id}/tickets/codes/{code}", responses=refusals(*_SEEN, *_SIGNED_IN, HostOnly, NoOffer))
async def drop_code(id: SpaceInPath, code: shapes.CodeInPath, me: Acting, tools: Tools, till: Till) -> shapes.Sales:
    """Take a promo code back: for the host."""
    now = tools.clock.now()
    await tools.db.write(lambda tx: offering.drop_code(tx, me, id, code.upper()))
    return await tools.db.read(lambda tx: reading.sold(tx, till.till, me, id, now))


@router.post(
    "/spaces/{id}/tips",
    status_code=status.HTTP_201_CREATED,
    responses=refusals(*_SEEN, *_SIGNED_IN, *_PROVIDER, NoTips, PriceNotPossible, TooManyUnpaid),
)
async def give_tip(
    id: SpaceInPath, asked: shapes.GiveTip, me: SignedIn, tools: Tools, till: Till, key: IdempotencyKey = None
) -> shapes.Ticket:
    """Give the host of a live Space something, to be paid at `checkout_url`."""
    await _counted(tools, till, me)
    sale = await till.tip(me.id, id, asked.amount, key)
    return await tools.db.read(lambda tx: reading.ticket(tx, till.till, me.id, sale.id))


@router.post(
    "/payments/events",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(BadSignature, BodyTooLarge, InvalidRequest, TicketsOff),
)
async def hear_event(
    request: Request, till: Till, signature: Annotated[str, Header(alias="Stripe-Signature", max_length=2000)] = ""
) -> None:
    """For the payment provider alone: what happened there. It may come late, twice, and in any order."""
    event = till.payments.event(await read_body(request, _MOST_EVENT), signature)
    await till.hear(event)


async def _counted(tools: Toolbox, till: Desk, me: Account) -> None:
    """What asks the provider, or tries a code, is not done without end."""
    await tools.attempt(till.limit, "ticket", me.id)

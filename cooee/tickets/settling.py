"""What is booked when money comes and goes, and what becomes of seats with it. One unit of work each.

Rows are locked in one order: the offer, the payee, the sale. Whatever is done twice is done once: every step looks at
the state of the sale first, and an entry of the ledger is booked under a name of its own.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection

from cooee.kit import money, outbox
from cooee.kit.ids import Ids
from cooee.people import relations
from cooee.people.ids import PersonId
from cooee.schedule import service as schedule
from cooee.schedule import store as schedule_store
from cooee.spaces import store as space_store
from cooee.spaces.state import SpaceId
from cooee.tickets import facts, ledger, ledger_store, payout_store, payouts, refunds, rules, sale_store, seats, store
from cooee.tickets.errors import NoTicket, NotReturnable
from cooee.tickets.payment_state import Paid
from cooee.tickets.rules import HOLD, RELEASED_AFTER, SEATED, Reason
from cooee.tickets.state import AT_HAND, Offer, Payee, Sale, SaleId

RELEASE_TOPIC = "tickets.release"
REFUND_TOPIC = "tickets.refund"
FEE_TOPIC = "tickets.fee"
RECOVER_TOPIC = "tickets.recover"
TAKE_REST_TOPIC = "tickets.take_rest"
MAKE_GOOD_TOPIC = "tickets.make_good"
COST_TOPIC = "tickets.cost"
PUT_OUT_TOPIC = "tickets.put_out"
LOOK_TOPIC = "tickets.look"

_BANKS_MAY_REFUSE = (7, 30)
"""How many days after a refund it is looked at once more."""

_PRICED_BY = timedelta(hours=1)
"""When the provider knows what a payment cost, if it did not at once."""


def settle(tx: Connection, ids: Ids, id: SaleId, paid: Paid, now: datetime) -> Sale | None:
    """What a checkout of which `paid` is known means for its sale; the sale afterwards."""
    sale, payee = _held(tx, id)
    if sale is None or payee is None or paid.state != "paid":
        return sale
    _book_costs(tx, ids, sale, paid, now)
    sale_store.change_sale(tx, id, payment=paid.payment, application_fee=paid.fee)
    if sale.state in ("held", "expired"):
        late = sale.state == "expired"
        _accept(tx, ids, sale, payee, now)
        sale, payee = _held(tx, id)
        assert sale is not None, "it was there"
        assert payee is not None, "they were there"
        reason = "late" if late else _not_to_be(tx, sale)
        if reason is not None:
            _undo(tx, ids, sale, payee, reason, now)
        else:
            if sale.kind == "ticket":
                seated(tx, sale, now)
            _due_after_all(tx, sale, now)
    _taken_elsewhere(tx, ids, id, paid, now)
    return sale_store.sale(tx, id)


def seated(tx: Connection, sale: Sale, now: datetime) -> None:
    """Somebody has a ticket: they wait no longer, and what is still being paid for them is not asked for.

    They are told when it begins, moves or is canceled, unless they take that back.
    """
    schedule.remind_too(tx, sale.space, sale.holder, now)
    for other in sale_store.seats_besides(tx, sale):
        outbox.put_by(tx, f"{RELEASE_TOPIC}:{other.id}", RELEASE_TOPIC, {"sale": other.id}, now)
    if store.leave_line(tx, sale.space, sale.holder):
        seats.hand_over(tx, sale.space, now)
    if sale.holder != sale.buyer:
        facts.given(tx, sale, now)


def keep(tx: Connection, id: SaleId, now: datetime) -> Sale | None:
    """Has a seat whose page could not be made at once kept for another half hour: the page asks for all of it."""
    sale, _ = _held(tx, id)
    if sale is None or sale.state != "held" or sale.url is not None:
        return sale
    sale_store.change_sale(tx, id, held_until=now + HOLD)
    outbox.schedule(tx, f"{RELEASE_TOPIC}:{id}", RELEASE_TOPIC, {"sale": id}, now + HOLD)
    return sale_store.sale(tx, id)


def release(tx: Connection, id: SaleId, now: datetime) -> None:
    """A seat that was not paid for in time is free again."""
    sale, _ = _held(tx, id)
    if sale is not None and sale.state == "held":
        sale_store.finished(tx, id, "expired", None)
        outbox.take_back(tx, f"{RELEASE_TOPIC}:{id}")
        seats.hand_over(tx, sale.space, now)


def give_back(tx: Connection, ids: Ids, id: SaleId, reason: Reason, now: datetime) -> None:
    """A ticket or tip is undone: the money goes back, and the seat is free."""
    sale, payee = _held(tx, id)
    if sale is not None and payee is not None and sale.state == "paid":
        _undo(tx, ids, sale, payee, reason, now)
    else:
        _close_page(tx, sale, now)


def _close_page(tx: Connection, sale: Sale | None, now: datetime) -> None:
    if sale is not None and sale.state == "held":
        outbox.put_by(tx, f"{RELEASE_TOPIC}:{sale.id}", RELEASE_TOPIC, {"sale": sale.id}, now)


def refunded(tx: Connection, id: SaleId, now: datetime) -> None:
    """The provider has given the money back. A bank may send it back within weeks, and word of it may be lost."""
    sale = sale_store.sale(tx, id, hold=True)
    if sale is None or sale.state != "refunding" or sale.owing:
        return
    sale_store.finished(tx, id, "refunded", sale.reason)
    for days in _BANKS_MAY_REFUSE:
        outbox.put(tx, f"{LOOK_TOPIC}:{id}:{days}", LOOK_TOPIC, {"sale": id}, now + timedelta(days=days))


def is_returnable(tx: Connection, sale: Sale) -> bool:
    """Whether its buyer may give a ticket back, because the Space is at another time than when they bought it."""
    ahead = schedule_store.one(tx, sale.space) if sale.kind == "ticket" and sale.state == "paid" else None
    if ahead is None or ahead.state == "canceled" or sale.begins_at in (None, ahead.when.at):
        return False
    payout = payout_store.payout(tx, sale.owed)
    left = payout is not None and payout.state not in AT_HAND
    attended = space_store.attended(tx, sale.space, sale.holder)
    return rules.may_return(sale.begins_at, ahead.when.at, attended=attended, left=left)


def give_up(tx: Connection, ids: Ids, me: PersonId, id: SaleId, now: datetime) -> None:
    """A buyer gives back a ticket for a Space that was moved.

    Raises:
        NoTicket, NotReturnable
    """
    sale = sale_store.sale(tx, id)
    if sale is None or sale.buyer != me:
        raise NoTicket
    if not is_returnable(tx, sale):
        raise NotReturnable
    give_back(tx, ids, id, "moved", now)


def over(
    tx: Connection,
    ids: Ids,
    space: SpaceId,
    reason: Reason | None,
    ended: datetime,
    now: datetime,
    only: PersonId | None = None,
) -> None:
    """A Space is over since `ended`: people get their money back, or who earned it is paid two days later.

    `only`: it goes on, and is over for this seller alone.
    """
    offer = store.offer(tx, space, hold=True)
    if offer is not None and not offer.is_over:
        store.change_offer(tx, space, state="over")
    sold = [sale for sale in sale_store.sales_of(tx, space, SEATED) if only in (None, sale.host)]
    for sale in sold:
        if reason is not None and rules.goes_back(sale.kind, reason):
            give_back(tx, ids, sale.id, reason, now)
        elif sale.state == "held":
            # Somebody may have paid since it was read, and what is paid in time stays paid.
            _close_page(tx, _held(tx, sale.id)[0], now)
    earned = [owed for owed in payout_store.earners(tx, space) if only in (None, owed.host)]
    for owed in dict.fromkeys([*(sale.owed for sale in sold), *earned]):
        payouts.arrange(tx, owed, ended + RELEASED_AFTER)


def part(tx: Connection, ids: Ids, host: PersonId, blocked: PersonId, now: datetime) -> None:
    """A host has blocked somebody, who gets their money back for what is not over."""
    for sale in sale_store.sales_between(tx, host, blocked):
        give_back(tx, ids, sale.id, "blocked", now)
    for space in store.lines_with(tx, host, blocked):
        store.offer(tx, space, hold=True)
        store.leave_line(tx, space, blocked)
        seats.hand_over(tx, space, now)


def fee_at_most(tx: Connection, payee: Payee, amount: int, rate: int) -> int:
    """The platform's share if all that is being paid now is paid before: what is too much of it is given back."""
    pending = sum(money.converted(*each) for each in sale_store.pending_usd(tx, payee.person))
    return rules.share(payee.earned_usd + pending, amount, rate)


def _held(tx: Connection, id: SaleId) -> tuple[Sale | None, Payee | None]:
    sale = sale_store.sale(tx, id)
    if sale is None:
        return None, None
    if sale.kind == "ticket":
        store.offer(tx, sale.space, hold=True)
    payee = store.payee(tx, sale.host, hold=True)
    return sale_store.sale(tx, id, hold=True), payee


def _accept(tx: Connection, ids: Ids, sale: Sale, payee: Payee, now: datetime) -> None:
    share = min(sale.fee, rules.share(payee.earned_usd, sale.amount, sale.rate))
    sale_store.change_sale(tx, sale.id, state="paid", share=share, paid_at=now, held_until=None, url=None)
    usd = money.converted(sale.amount, sale.rate)
    store.change_payee(tx, payee.person, earned_usd=payee.earned_usd + usd)
    entry = ledger.sale(payee.party, sale.amount, share)
    ledger_store.book(tx, ids, f"sale:{sale.id}", "sale", entry, sale.currency, sale.space, now)
    outbox.take_back(tx, f"{RELEASE_TOPIC}:{sale.id}")
    if share < sale.fee:
        outbox.put(tx, f"{FEE_TOPIC}:{sale.id}", FEE_TOPIC, {"sale": sale.id}, now)


def _not_to_be(tx: Connection, sale: Sale) -> Reason | None:
    """Why a payment that came in time is given back all the same."""
    if relations.blocked_between(tx, sale.host, sale.holder) or relations.blocked_between(tx, sale.host, sale.buyer):
        return "blocked"
    if sale.kind == "tip":
        space = space_store.space(tx, sale.space)
        return "moderated" if space is not None and space.ended and space.ended.reason == "moderated" else None
    if any(other.state == "paid" for other in sale_store.seats_besides(tx, sale)):
        return "late"
    offer = store.offer(tx, sale.space)
    return "over" if offer is None or offer.is_over else None


def _undo(tx: Connection, ids: Ids, sale: Sale, payee: Payee, reason: Reason, now: datetime) -> None:
    if sale.amount == 0:
        sale_store.finished(tx, sale.id, "refunded", reason)
    else:
        sale_store.finished(tx, sale.id, "refunding", reason)
        _book_back(tx, ids, sale, payee, "refund", now)
        # With all that it takes: the money goes back although an account is erased meanwhile.
        payload = {"sale": sale.id, "payment": sale.payment, "amount": _rest(sale)}
        outbox.put(tx, f"{REFUND_TOPIC}:{sale.id}", REFUND_TOPIC, payload, now)
        outbox.take_back(tx, f"{FEE_TOPIC}:{sale.id}")
        facts.money_back(tx, sale, now)
    _out(tx, sale, now)


def _rest(sale: Sale) -> int | None:
    """What is to be given back of a sale of which some was given back before; None: all of it."""
    return sale.amount - sale.returned if sale.returned else None


def _taken_elsewhere(tx: Connection, ids: Ids, id: SaleId, paid: Paid, now: datetime) -> None:
    """What became of a sale without us: by the buyer's bank, or by the operator in the provider's own pages."""
    sale, payee = _held(tx, id)
    if sale is None or payee is None:
        return
    sale = refunds.noted(tx, ids, sale, payee, paid, now)
    if paid.dispute in ("open", "lost"):
        _charged_back(tx, ids, sale, payee, paid, now)
    elif paid.dispute == "won" and sale.state == "void":
        _won(tx, ids, sale, payee, paid, now)
    elif sale.state == "paid" and 0 < sale.amount <= sale.returned:
        _given_elsewhere(tx, ids, sale, payee, paid, now)


def _given_elsewhere(tx: Connection, ids: Ids, sale: Sale, payee: Payee, paid: Paid, now: datetime) -> None:
    """All of it was given back in the provider's own pages. What was not taken back from the host for it, we take."""
    sale_store.finished(tx, sale.id, "refunding" if sale.owing else "refunded", "elsewhere")
    _book_back(tx, ids, sale, payee, "refund", now)
    if paid.transfer is not None:
        _put_transfer(tx, TAKE_REST_TOPIC, sale, paid.transfer, now)
    facts.money_back(tx, sale, now)
    _out(tx, sale, now)


def _charged_back(tx: Connection, ids: Ids, sale: Sale, payee: Payee, paid: Paid, now: datetime) -> None:
    if sale.state not in ("paid", "refunding"):
        return
    sale_store.finished(tx, sale.id, "void", "chargeback")
    if sale.state == "paid":
        _book_back(tx, ids, sale, payee, "chargeback", now)
        _out(tx, sale, now)
    if paid.transfer is not None:
        _put_transfer(tx, RECOVER_TOPIC, sale, paid.transfer, now)


def _won(tx: Connection, ids: Ids, sale: Sale, payee: Payee, paid: Paid, now: datetime) -> None:
    """The money is the host's again. The ticket stays void: the seat may be somebody else's.

    If it was on its way back to the buyer when their bank took it, it is the buyer's.
    """
    if ledger_store.is_booked(tx, f"refund:{sale.id}"):
        sale_store.finished(tx, sale.id, "refunding", sale.reason)
        payload = {"sale": sale.id, "payment": sale.payment, "transfer": paid.transfer, "amount": _rest(sale)}
        outbox.schedule(tx, f"{REFUND_TOPIC}:{sale.id}", REFUND_TOPIC, payload, now)
        return
    taken = ledger_store.lines(tx, f"chargeback:{sale.id}")
    entry, name = ledger.undone(taken), f"chargeback_won:{sale.id}"
    if not taken or not ledger_store.book(tx, ids, name, "chargeback_won", entry, sale.currency, sale.space, now):
        return
    usd = money.converted(taken[ledger.BUYERS], sale.rate)
    payee = store.payee(tx, payee.person) or payee
    store.change_payee(tx, payee.person, earned_usd=payee.earned_usd + usd)
    if paid.transfer is not None:
        _put_transfer(tx, MAKE_GOOD_TOPIC, sale, paid.transfer, now)
    _due_after_all(tx, sale, now)


def _due_after_all(tx: Connection, sale: Sale, now: datetime) -> None:
    """What somebody earned may be known only after the end of the Space, or after it was paid out."""
    payout = payout_store.payout(tx, sale.owed, hold=True)
    space = space_store.space(tx, sale.space)
    if payout is None and space is not None and space.ended:
        payouts.arrange(tx, sale.owed, max(now, space.ended.at + RELEASED_AFTER))
    if payout is not None and payout.state in ("sent", "paid"):
        payout_store.arrange_more(tx, sale.owed)
        outbox.put_by(tx, *payouts.job(sale.owed), now)


def _put_transfer(tx: Connection, topic: str, sale: Sale, transfer: str, now: datetime) -> None:
    outbox.put(tx, f"{topic}:{sale.id}", topic, {"sale": sale.id, "transfer": transfer}, now)


def _book_costs(tx: Connection, ids: Ids, sale: Sale, paid: Paid, now: datetime) -> None:
    for cost in paid.costs:
        if cost.amount:
            entry = ledger.cost(cost.amount)
            ledger_store.book(tx, ids, f"cost:{cost.id}", "cost", entry, cost.currency, sale.space, now)
    if not paid.priced:
        outbox.put(tx, f"{COST_TOPIC}:{sale.id}", COST_TOPIC, {"sale": sale.id}, now + _PRICED_BY)


def _book_back(
    tx: Connection, ids: Ids, sale: Sale, payee: Payee, kind: Literal["refund", "chargeback"], now: datetime
) -> None:
    kept = ledger_store.kept(tx, sale)
    entry = ledger.undone(kept)
    if kept and ledger_store.book(tx, ids, f"{kind}:{sale.id}", kind, entry, sale.currency, sale.space, now):
        usd = money.converted(-kept.get(ledger.BUYERS, 0), sale.rate)
        payee = store.payee(tx, payee.person) or payee
        store.change_payee(tx, payee.person, earned_usd=max(0, payee.earned_usd - usd))


def _out(tx: Connection, sale: Sale, now: datetime) -> None:
    """The seat is free, and whoever sits in it goes, unless the Space goes with it."""
    offer = store.offer(tx, sale.space)
    if sale.kind == "ticket" and offer is not None and not offer.is_over:
        seats.hand_over(tx, sale.space, now)
        payload = {"space": sale.space, "person": sale.holder}
        outbox.put(tx, f"{PUT_OUT_TOPIC}:{sale.id}", PUT_OUT_TOPIC, payload, now)


def absent(tx: Connection, ids: Ids, space: SpaceId, away: Collection[datetime], now: datetime) -> timedelta | None:
    """Looks after a live Space whose host is away since `away` (nothing: is there); when to look again.

    Whoever is away for fifteen minutes gives everybody their money back.
    """
    offer = store.offer(tx, space, hold=True)
    if offer is None or offer.is_over:
        return None
    since = min((*away, *([offer.absent_since] if offer.absent_since else []))) if away else None
    if since != offer.absent_since:
        store.change_offer(tx, space, absent_since=since)
    if not rules.is_absent(since, now):
        return timedelta(minutes=1)
    given_up(tx, ids, offer, "host_absent", now)
    return None


def given_up(tx: Connection, ids: Ids, offer: Offer, reason: Reason, now: datetime) -> None:
    """A Space goes on without its seller, from now on for nothing. They give back what they were paid; tips to whoever
    hosts meanwhile are not theirs to give."""
    store.change_offer(tx, offer.space, state="free")
    over(tx, ids, offer.space, reason, now, now, only=offer.host)

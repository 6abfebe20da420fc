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
from cooee.spaces.state import SpaceId
from cooee.tickets import facts, ledger, rules, seats, store
from cooee.tickets.payments import Paid
from cooee.tickets.rules import RELEASED_AFTER, SEATED, Reason
from cooee.tickets.state import Payee, Payout, Sale, SaleId

RELEASE_TOPIC = "tickets.release"
REFUND_TOPIC = "tickets.refund"
FEE_TOPIC = "tickets.fee"
RECOVER_TOPIC = "tickets.recover"
PUT_OUT_TOPIC = "tickets.put_out"
PAYOUT_TOPIC = "tickets.payout"


def settle(tx: Connection, ids: Ids, id: SaleId, paid: Paid, now: datetime) -> Sale | None:
    """What a checkout of which `paid` is known means for its sale; the sale afterwards."""
    sale, payee = _held(tx, id)
    if sale is None or payee is None or paid.state != "paid":
        return sale
    store.change_sale(tx, id, payment=paid.payment, application_fee=paid.fee)
    if sale.state in ("held", "expired"):
        late = sale.state == "expired"
        _accept(tx, ids, sale, payee, now)
        sale, payee = _held(tx, id)
        assert sale is not None, "it was there"
        assert payee is not None, "they were there"
        reason = "late" if late else _not_to_be(tx, sale)
        if reason is not None:
            _undo(tx, ids, sale, payee, reason, now)
        elif sale.holder != sale.buyer:
            facts.given(tx, sale, now)
    _lost(tx, ids, id, paid, now)
    return store.sale(tx, id)


def release(tx: Connection, id: SaleId, now: datetime) -> None:
    """A seat that was not paid for in time is free again."""
    sale, _ = _held(tx, id)
    if sale is not None and sale.state == "held":
        store.finished(tx, id, "expired", None)
        outbox.take_back(tx, f"{RELEASE_TOPIC}:{id}")
        seats.hand_over(tx, sale.space, now)


def give_back(tx: Connection, ids: Ids, id: SaleId, reason: Reason, now: datetime) -> None:
    """A ticket or tip is undone: the money goes back, and the seat is free."""
    sale, payee = _held(tx, id)
    if sale is None or payee is None:
        return
    if sale.state == "paid":
        _undo(tx, ids, sale, payee, reason, now)
    elif sale.state == "held":
        outbox.put_by(tx, f"{RELEASE_TOPIC}:{id}", RELEASE_TOPIC, {"sale": id}, now)


def refunded(tx: Connection, id: SaleId) -> None:
    """The provider has given the money back."""
    sale = store.sale(tx, id, hold=True)
    if sale is not None and sale.state == "refunding":
        store.finished(tx, id, "refunded", sale.reason)


def over(tx: Connection, ids: Ids, space: SpaceId, reason: Reason | None, ended: datetime, now: datetime) -> None:
    """A Space is over since `ended`: everybody gets their money back, or the host is paid two days later."""
    offer = store.offer(tx, space, hold=True)
    if offer is not None and not offer.is_over:
        store.change_offer(tx, space, state="over")
    sold = store.sales_of(tx, space, SEATED)
    for sale in sold:
        if reason is not None or sale.state == "held":
            give_back(tx, ids, sale.id, reason or "over", now)
    if sold:
        due_at = ended + RELEASED_AFTER
        first = sold[0]
        store.arrange_payout(tx, Payout(space, first.host, first.currency, 0, "waiting", due_at))
        outbox.put(tx, f"{PAYOUT_TOPIC}:{space}", PAYOUT_TOPIC, {"space": space}, due_at)


def part(tx: Connection, ids: Ids, host: PersonId, blocked: PersonId, now: datetime) -> None:
    """A host has blocked somebody, who gets their money back for what is not over."""
    for sale in store.sales_between(tx, host, blocked):
        give_back(tx, ids, sale.id, "blocked", now)


def pay_out(tx: Connection, ids: Ids, payout: Payout, amount: int, id: str, now: datetime) -> None:
    """A host's money is on its way to their bank."""
    payee = store.payee(tx, payout.host, hold=True)
    held = store.payout(tx, payout.space, hold=True)
    if payee is None or held is None or held.state not in ("waiting", "failed"):
        return
    store.change_payout(tx, payout.space, state="sent", payout=id, amount=amount)
    store.book(
        tx, ids, f"payout:{id}", "payout", ledger.payout(payee.party, amount), payout.currency, payout.space, now
    )


def paid_out(tx: Connection, ids: Ids, payout: Payout, state: Literal["sent", "paid", "failed"], now: datetime) -> None:
    """What the bank said."""
    payee = store.payee(tx, payout.host, hold=True)
    held = store.payout(tx, payout.space, hold=True)
    if payee is None or held is None or held.payout is None or held.state == state:
        return
    store.change_payout(tx, payout.space, state=state)
    if state == "failed":
        entry = ledger.payout_failed(payee.party, held.amount)
        name = f"payout_failed:{held.payout}"
        store.book(tx, ids, name, "payout_failed", entry, held.currency, held.space, now)


def nothing_to_pay_out(tx: Connection, payout: Payout) -> None:
    """All of it went back to the buyers."""
    store.change_payout(tx, payout.space, state="paid", amount=0)


def fee_at_most(tx: Connection, payee: Payee, amount: int, rate: int) -> int:
    """The platform's share if all that is being paid now is paid before: what is too much of it is given back."""
    pending = sum(money.converted(*each) for each in store.pending_usd(tx, payee.person))
    return rules.share(payee.earned_usd + pending, amount, rate)


def _held(tx: Connection, id: SaleId) -> tuple[Sale | None, Payee | None]:
    sale = store.sale(tx, id)
    if sale is None:
        return None, None
    if sale.kind == "ticket":
        store.offer(tx, sale.space, hold=True)
    payee = store.payee(tx, sale.host, hold=True)
    return store.sale(tx, id, hold=True), payee


def _accept(tx: Connection, ids: Ids, sale: Sale, payee: Payee, now: datetime) -> None:
    share = min(sale.fee, rules.share(payee.earned_usd, sale.amount, sale.rate))
    store.change_sale(tx, sale.id, state="paid", share=share, paid_at=now, held_until=None, url=None)
    usd = money.converted(sale.amount, sale.rate)
    store.change_payee(tx, payee.person, earned_usd=payee.earned_usd + usd)
    entry = ledger.sale(payee.party, sale.amount, share)
    store.book(tx, ids, f"sale:{sale.id}", "sale", entry, sale.currency, sale.space, now)
    outbox.take_back(tx, f"{RELEASE_TOPIC}:{sale.id}")
    if share < sale.fee:
        outbox.put(tx, f"{FEE_TOPIC}:{sale.id}", FEE_TOPIC, {"sale": sale.id}, now)


def _not_to_be(tx: Connection, sale: Sale) -> Reason | None:
    """Why a payment that came in time is given back all the same."""
    if relations.blocked_between(tx, sale.host, sale.holder) or relations.blocked_between(tx, sale.host, sale.buyer):
        return "blocked"
    if sale.kind == "tip":
        return None
    offer = store.offer(tx, sale.space)
    return "over" if offer is None or offer.is_over else None


def _undo(tx: Connection, ids: Ids, sale: Sale, payee: Payee, reason: Reason, now: datetime) -> None:
    if sale.amount == 0:
        store.finished(tx, sale.id, "refunded", reason)
    else:
        store.finished(tx, sale.id, "refunding", reason)
        _book_back(tx, ids, sale, payee, "refund", now)
        outbox.put(tx, f"{REFUND_TOPIC}:{sale.id}", REFUND_TOPIC, {"sale": sale.id}, now)
        outbox.take_back(tx, f"{FEE_TOPIC}:{sale.id}")
        facts.money_back(tx, sale, now)
    _out(tx, sale, now)


def _lost(tx: Connection, ids: Ids, id: SaleId, paid: Paid, now: datetime) -> None:
    """What was taken from us elsewhere: by the buyer's bank, or by the operator in the provider's own pages."""
    sale, payee = _held(tx, id)
    if sale is None or payee is None or sale.state != "paid" or not (paid.disputed or paid.refunded):
        return
    if paid.disputed:
        store.finished(tx, id, "void", "chargeback")
        _book_back(tx, ids, sale, payee, "chargeback", now)
        if paid.transfer is not None:
            payload = {"sale": id, "transfer": paid.transfer}
            outbox.put(tx, f"{RECOVER_TOPIC}:{id}", RECOVER_TOPIC, payload, now)
    else:
        store.finished(tx, id, "refunded", "elsewhere")
        _book_back(tx, ids, sale, payee, "refund", now)
    _out(tx, sale, now)


def _book_back(
    tx: Connection, ids: Ids, sale: Sale, payee: Payee, kind: Literal["refund", "chargeback"], now: datetime
) -> None:
    assert sale.share is not None, "what was paid has a share"
    entry = ledger.returned(payee.party, sale.amount, sale.share)
    if store.book(tx, ids, f"{kind}:{sale.id}", kind, entry, sale.currency, sale.space, now):
        usd = money.converted(sale.amount, sale.rate)
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
    store.change_offer(tx, space, state="free")
    over(tx, ids, space, "host_absent", now, now)
    return None

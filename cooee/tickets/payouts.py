"""What is paid out, until a bank has taken it: one unit of work each.

Rows are locked in one order: the payee, the payout.
"""

from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection

from cooee.kit import money, outbox
from cooee.kit.ids import Ids
from cooee.people.ids import PersonId
from cooee.spaces.state import SpaceId
from cooee.tickets import facts, ledger, ledger_store, payout_store, store
from cooee.tickets.payment_state import Sent
from cooee.tickets.state import UNPAID, Owed, Payout

PAYOUT_TOPIC = "tickets.payout"
ARRIVED_TOPIC = "tickets.arrived"

_BANKS_TAKE = timedelta(days=2)
_NEW_ACCOUNT_BY = timedelta(days=1)
"""A payout that came back is tried again that much later: hosts mend their bank account at the provider."""


def arrange(tx: Connection, owed: Owed, due_at: datetime) -> None:
    """Somebody is paid at `due_at` at the earliest for what they earned: once, however often it is arranged."""
    payout_store.arrange_payout(tx, Payout(owed.space, owed.host, owed.currency, 0, "waiting", due_at))
    # Tips go on after a host was absent: all of it is due after the real end.
    before = payout_store.payout(tx, owed, hold=True)
    assert before is not None, "it was just arranged, or when the host was absent"
    if before.state in ("sent", "paid"):
        payout_store.arrange_more(tx, owed)
    # While nobody knows whether a payout left, it is looked for by when it was due.
    if before.state != "sending":
        payout_store.change_payout(tx, owed, due_at=due_at)
        outbox.schedule(tx, *job(owed), due_at)


def begin_payout(tx: Connection, payout: Payout) -> Payout | None:
    """Settles what somebody is sent for a Space, before the provider is asked; None if nothing is to be sent.

    What they owe from Spaces that were paid out before (a chargeback, a late refund) is set off, and what they are
    still owed from those is added: here, under one lock, so that no two payouts count it both. What is too little for a
    bank is left for the next.
    """
    payee = store.payee(tx, payout.host, hold=True)
    held = payout_store.payout(tx, payout.owed, hold=True)
    if payee is None or held is None or held.state not in UNPAID:
        return None
    if held.state == "sending":
        return held
    account = ledger.host(payee.party)
    owed = ledger_store.balances(tx, account, payout.space).get(payout.currency, 0)
    amount = money.payable(owed + ledger_store.left_over(tx, account, held), payout.currency)
    if amount <= 0:
        payout_store.change_payout(tx, payout.owed, state="paid", amount=0)
        return None
    payout_store.change_payout(tx, payout.owed, state="sending", amount=amount)
    return payout_store.payout(tx, payout.owed)


def not_paid_out(tx: Connection, payout: Payout) -> None:
    """The provider said no: the next try is another one."""
    held = payout_store.payout(tx, payout.owed, hold=True)
    if held is not None and held.state == "sending":
        payout_store.change_payout(tx, payout.owed, state="delayed", amount=0, tries=held.tries + 1)


def pay_out(tx: Connection, ids: Ids, payout: Payout, sent: Sent, now: datetime) -> None:
    """A host's money is on its way to their bank."""
    payee = store.payee(tx, payout.host, hold=True)
    held = payout_store.payout(tx, payout.owed, hold=True)
    if payee is None or held is None or held.state != "sending":
        return
    payout_store.change_payout(tx, payout.owed, state="sent", payout=sent.id, amount=sent.amount, tries=held.tries + 1)
    entry = ledger.payout(payee.party, sent.amount)
    ledger_store.book(tx, ids, payout_name(sent.id), "payout", entry, payout.currency, payout.space, now)
    outbox.put(tx, f"{ARRIVED_TOPIC}:{sent.id}", ARRIVED_TOPIC, {"payout": sent.id}, now + _BANKS_TAKE)


def payout_name(id: str) -> str:
    """Under which a payout stands in the ledger."""
    return f"payout:{id}"


def paid_out(
    tx: Connection, ids: Ids, payout: Payout, id: str, state: Literal["sent", "paid", "failed"], now: datetime
) -> None:
    """What the bank said of one payout. What it sent back is sent again, until a bank takes it."""
    payee = store.payee(tx, payout.host, hold=True)
    held = payout_store.payout(tx, payout.owed, hold=True)
    if payee is None or held is None:
        return
    is_last = held.payout == id and held.state in ("sent", "paid")
    if state != "failed":
        if is_last:
            payout_store.change_payout(tx, payout.owed, state=state)
        return
    entry = ledger.payout_failed(payee.party, ledger_store.booked(tx, payout_name(id), ledger.BANKS))
    if not ledger_store.book(tx, ids, f"payout_failed:{id}", "payout_failed", entry, held.currency, held.space, now):
        return
    if is_last:
        payout_store.change_payout(tx, payout.owed, state="failed", amount=0)
    elif held.state in ("sent", "paid"):
        payout_store.arrange_more(tx, held.owed)
    outbox.put_by(tx, *job(payout.owed), now + _NEW_ACCOUNT_BY)
    facts.payout_failed(tx, payout.space, payout.host, id, now)


def try_payouts_again(tx: Connection, host: PersonId, now: datetime) -> None:
    """A bank account that was wrong may be right now."""
    for payout in payout_store.payouts_to(tx, host):
        if payout.state in ("failed", "delayed"):
            outbox.put_by(tx, *job(payout.owed), now)


def try_payouts_of_space_again(tx: Connection, space: SpaceId, now: datetime) -> None:
    """Somebody has seen to it that what is due for a Space may work now."""
    for payout in payout_store.payouts_for(tx, space):
        if payout.state in UNPAID and payout.due_at <= now:
            outbox.put_by(tx, *job(payout.owed), now)


def job(owed: Owed) -> tuple[str, str, dict[str, str]]:
    """The work that pays it: key, topic and payload, for the outbox."""
    payload = {"space": owed.space, "host": owed.host, "currency": owed.currency}
    return f"{PAYOUT_TOPIC}:{owed.space}:{owed.host}:{owed.currency}", PAYOUT_TOPIC, payload

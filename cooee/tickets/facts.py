"""What others may want to hear of tickets: the outbox's topics, each with the shape of its payload."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from cooee.kit import outbox
from cooee.people.ids import PersonId
from cooee.spaces.state import SpaceId
from cooee.tickets.state import Sale

GIVEN: Final = "tickets.given"
"""`{space, by, person}`: `person` got a ticket from `by`."""

SEAT_FREE: Final = "tickets.seat_free"
"""`{space, by, person, turn}`: a seat is kept for `person`, who waited for one; `by` is the host."""

MONEY_BACK: Final = "tickets.money_back"
"""`{space, by, person, sale}`: `person` gets back what they paid; `by` is the host."""

PAYOUT_FAILED: Final = "tickets.payout_failed"
"""`{space, person, payout}`: the bank of `person`, the host, sent a payout back."""


REFUND_FAILED: Final = "tickets.refund_failed"
"""`{space, person, refund}`: the bank of `person`, who had paid, sent back what was given back to them."""

REFUND_OWED: Final = "tickets.refund_owed"
"""`{space, person, refund}`: the same, for `person`, who runs the site and sees to it."""


def given(tx: Connection, sale: Sale, now: datetime) -> None:
    """Somebody has a ticket that somebody else got for them."""
    payload = {"space": sale.space, "by": sale.buyer, "person": sale.holder}
    outbox.put(tx, f"{GIVEN}:{sale.id}", GIVEN, payload, now)


def seat_free(tx: Connection, space: SpaceId, host: PersonId, person: PersonId, turn: int, now: datetime) -> None:
    """A seat is kept for somebody who waits; `turn` tells one offer from the next."""
    payload = {"space": space, "by": host, "person": person, "turn": turn}
    outbox.put(tx, f"{SEAT_FREE}:{space}:{person}:{turn}", SEAT_FREE, payload, now)


def money_back(tx: Connection, sale: Sale, now: datetime) -> None:
    """A buyer gets their money back."""
    payload = {"space": sale.space, "by": sale.host, "person": sale.buyer, "sale": sale.id}
    outbox.put(tx, f"{MONEY_BACK}:{sale.id}", MONEY_BACK, payload, now)


def refund_failed(tx: Connection, sale: Sale, refund: str, administrators: Collection[PersonId], now: datetime) -> None:
    """A buyer's bank sent back what was given back: they hear of it, and those who see to it."""
    payload = {"space": sale.space, "person": sale.buyer, "refund": refund}
    outbox.put(tx, f"{REFUND_FAILED}:{refund}", REFUND_FAILED, payload, now)
    for person in administrators:
        owed = {"space": sale.space, "person": person, "refund": refund}
        outbox.put(tx, f"{REFUND_OWED}:{refund}:{person}", REFUND_OWED, owed, now)


def payout_failed(tx: Connection, space: SpaceId, host: PersonId, payout: str, now: datetime) -> None:
    """A host's bank sent their money back."""
    payload = {"space": space, "person": host, "payout": payout}
    outbox.put(tx, f"{PAYOUT_FAILED}:{payout}", PAYOUT_FAILED, payload, now)

"""What others may want to hear of people: the outbox's topics, each with the shape of its payload. Ids are strings."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from cooee.kit import outbox
from cooee.kit.clock import to_ms
from cooee.people.ids import PersonId

FOLLOWED: Final = "people.followed"
"""`{follower, followed}`"""

FOLLOW_REQUESTED: Final = "people.follow_requested"
"""`{from, to}`"""

FOLLOW_ACCEPTED: Final = "people.follow_accepted"
"""`{by, to}`: `by` let `to` follow them."""

BLOCKED: Final = "people.blocked"
"""`{by, blocked}`"""

PARTED: Final = "people.parted"
"""`{by, blocked}`: the same, for whoever settles what was paid."""

LEFT: Final = "people.left"
"""`{person}`: deletes the account, and is hidden from now on."""

LEFT_PLANS: Final = "people.left_plans"
"""`{person}`: the same, for whoever takes back what they had announced."""

EXPORT_READY: Final = "people.export_ready"
"""`{person, at}`: the copy of their data can be fetched."""


def followed(tx: Connection, follower: PersonId, followed: PersonId, now: datetime) -> None:
    """`follower` follows `followed`, who did not have to be asked."""
    payload = {"follower": follower, "followed": followed}
    outbox.put(tx, f"{FOLLOWED}:{follower}:{followed}", FOLLOWED, payload, now)


def follow_requested(tx: Connection, asker: PersonId, asked: PersonId, now: datetime) -> None:
    """`asker` would like to follow `asked`."""
    payload = {"from": asker, "to": asked}
    outbox.put(tx, f"{FOLLOW_REQUESTED}:{asker}:{asked}", FOLLOW_REQUESTED, payload, now)


def follow_accepted(tx: Connection, by: PersonId, to: PersonId, now: datetime) -> None:
    """`by` lets `to` follow."""
    payload = {"by": by, "to": to}
    outbox.put(tx, f"{FOLLOW_ACCEPTED}:{by}:{to}", FOLLOW_ACCEPTED, payload, now)


def blocked(tx: Connection, by: PersonId, blocked: PersonId, now: datetime) -> None:
    """`by` has blocked `blocked`."""
    payload = {"by": by, "blocked": blocked}
    outbox.put(tx, f"{BLOCKED}:{by}:{blocked}", BLOCKED, payload, now)
    outbox.put(tx, f"{PARTED}:{by}:{blocked}", PARTED, payload, now)


def left(tx: Connection, person: PersonId, now: datetime) -> None:
    """`person` deletes the account, and is hidden from now on."""
    for topic in (LEFT, LEFT_PLANS):
        outbox.put(tx, f"{topic}:{person}", topic, {"person": person}, now)


def export_ready(tx: Connection, person: PersonId, now: datetime) -> None:
    """The copy of all that is `person`'s can be fetched."""
    outbox.schedule(tx, f"{EXPORT_READY}:{person}", EXPORT_READY, {"person": person, "at": to_ms(now)}, now)

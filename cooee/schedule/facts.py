"""What others may want to hear of what is ahead: the outbox's topics, each with the shape of its payload."""

from datetime import datetime
from typing import Final, Literal

from sqlalchemy import Connection

from cooee.kit import outbox
from cooee.schedule.state import Scheduled

HOST_REMINDED: Final = "schedule.host_reminded"
"""`{space, host, due}`: it begins in half an hour; with `due`, now."""

TOLD: Final = "schedule.told"
"""`{space, host, what, sequence}`: to all who set a reminder; `what` is `started`, `moved` or `canceled`."""

OVER: Final = "schedule.over"
"""`{space, reason}`: it was canceled or has lapsed, for whoever settles what was paid."""

BEGUN: Final = "schedule.begun"
"""`{space}`: its host has started it, be it early, for whoever looks after what was sold."""

What = Literal["started", "moved", "canceled"]


def host_reminded(tx: Connection, scheduled: Scheduled, now: datetime, *, due: bool) -> None:
    """Tells the host that it is time, or soon will be."""
    payload = {"space": scheduled.id, "host": scheduled.host, "due": due, "sequence": scheduled.sequence}
    outbox.put(tx, f"{HOST_REMINDED}:{scheduled.id}:{scheduled.sequence}:{due}", HOST_REMINDED, payload, now)


def told(tx: Connection, scheduled: Scheduled, what: What, now: datetime) -> None:
    """Tells all who set a reminder what became of it. Only the latest counts: what was not told yet is taken back."""
    payload = {"space": scheduled.id, "host": scheduled.host, "what": what, "sequence": scheduled.sequence}
    outbox.schedule(tx, f"{TOLD}:{scheduled.id}", TOLD, payload, now)


def over(tx: Connection, scheduled: Scheduled, now: datetime) -> None:
    """It does not take place."""
    outbox.put(tx, f"{OVER}:{scheduled.id}", OVER, {"space": scheduled.id, "reason": scheduled.reason}, now)


def begun(tx: Connection, scheduled: Scheduled, now: datetime) -> None:
    """It has begun."""
    outbox.put(tx, f"{BEGUN}:{scheduled.id}", BEGUN, {"space": scheduled.id}, now)

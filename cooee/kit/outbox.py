"""Timed work and facts on their way out: one table, written in the caller's transaction.

A row is put, moved or taken back together with what it is about. Any node that knows the topic may do the work: it
takes a lease, and whoever finds a lapsed lease takes over. Done rows are deleted.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Column, Connection, Index, Integer, Table, Text, delete, or_, select, update

from cooee.kit.columns import UtcTime, row_number, text_id
from cooee.kit.db import insert_new, metadata, signal

WAKE = "outbox"
"""The signal that due work was committed."""

LEASE = timedelta(seconds=30)
_LONGEST_RETRY = timedelta(hours=1)

outbox = Table(
    "outbox",
    metadata,
    # A moved row gets a new number: whoever still works on the old one finds nothing to finish.
    Column("id", row_number(), primary_key=True, autoincrement=True),
    Column("key", text_id(), nullable=False, unique=True),
    Column("topic", Text, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease_until", UtcTime),
    Index("ix_outbox_due_at", "due_at"),
    sqlite_autoincrement=True,
)

Payload = Mapping[str, Any]


@dataclass(frozen=True)
class Job:
    """A row that this node holds the lease of."""

    id: int
    key: str
    topic: str
    payload: Payload
    attempts: int
    """How often it was begun, this time included."""
    lease_until: datetime


def put(tx: Connection, key: str, topic: str, payload: Payload, due_at: datetime) -> bool:
    """Has the work done once, at `due_at` or soon after; False if work with this key is waiting already."""
    signal(tx, WAKE)
    return insert_new(tx, outbox, _fresh(key, topic, payload, due_at))


def schedule(tx: Connection, key: str, topic: str, payload: Payload, due_at: datetime) -> None:
    """Has the work done at `due_at`, in place of any waiting work with this key."""
    take_back(tx, key)
    put(tx, key, topic, payload, due_at)


def put_by(tx: Connection, key: str, topic: str, payload: Payload, due_at: datetime) -> None:
    """Has the work done at `due_at` at the latest. Work under way with this key does not count: it may know less."""
    query = select(outbox.c.due_at, outbox.c.lease_until).where(outbox.c.key == key)
    row = tx.execute(query).one_or_none()
    if row is None or row.lease_until is not None or row.due_at > due_at:
        schedule(tx, key, topic, payload, due_at)


def move(tx: Connection, key: str, due_at: datetime) -> bool:
    """Gives waiting work another time; whether there was any. Work that somebody has begun counts as not done."""
    query = delete(outbox).where(outbox.c.key == key).returning(outbox.c.topic, outbox.c.payload)
    row = tx.execute(query).one_or_none()
    if row is None:
        return False
    return put(tx, key, row.topic, row.payload, due_at)


def take_back(tx: Connection, key: str) -> bool:
    """Has waiting work not done; whether there was any."""
    return tx.execute(delete(outbox).where(outbox.c.key == key)).rowcount == 1


def waits(tx: Connection, key: str) -> bool:
    """Whether work with this key is not done yet."""
    return tx.execute(select(outbox.c.id).where(outbox.c.key == key)).first() is not None


def claim(tx: Connection, topics: Collection[str], now: datetime, most: int) -> Sequence[Job]:
    """Takes the lease of up to `most` due rows that nobody else holds."""
    free = or_(outbox.c.lease_until.is_(None), outbox.c.lease_until <= now)
    query = (
        select(outbox)
        .where(outbox.c.topic.in_(topics), outbox.c.due_at <= now, free)
        .order_by(outbox.c.due_at, outbox.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    until = now + LEASE
    jobs = [Job(row.id, row.key, row.topic, row.payload, row.attempts + 1, until) for row in tx.execute(query).all()]
    if jobs:
        held = outbox.c.id.in_([job.id for job in jobs])
        tx.execute(update(outbox).where(held).values(attempts=outbox.c.attempts + 1, lease_until=until))
    return jobs


def renew(tx: Connection, job: Job, now: datetime) -> Job | None:
    """Holds the row for longer; None if it was moved, taken back or taken over meanwhile."""
    until = now + LEASE
    held = tx.execute(update(outbox).where(*_still_ours(job)).values(lease_until=until)).rowcount == 1
    return replace(job, lease_until=until) if held else None


def finish(tx: Connection, job: Job) -> bool:
    """Deletes the row; False if it was moved, taken back or taken over meanwhile, and then the work must not count."""
    return tx.execute(delete(outbox).where(*_still_ours(job))).rowcount == 1


def postpone(tx: Connection, job: Job, now: datetime, wait: timedelta | None = None) -> None:
    """Gives the row back after a failure, to be tried again after `wait`; without one, later and later."""
    wait = min(wait or timedelta(seconds=2 ** min(job.attempts, 20)), _LONGEST_RETRY)
    tx.execute(update(outbox).where(*_still_ours(job)).values(lease_until=None, due_at=now + wait))


def _still_ours(job: Job) -> tuple[Any, ...]:
    return (
        outbox.c.id == job.id,
        outbox.c.attempts == job.attempts,
        outbox.c.lease_until == job.lease_until,
    )


def _fresh(key: str, topic: str, payload: Payload, due_at: datetime) -> dict[str, Any]:
    return {"key": key, "topic": topic, "payload": dict(payload), "due_at": due_at, "attempts": 0, "lease_until": None}

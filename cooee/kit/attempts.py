"""How often something may be tried, counted in the database: on all nodes together, and across their restarts.

It costs a write, and so is for doors that somebody might want to force, and for what is written anyway; `kit.limits`
counts the rest in the memory of each node (`docs/decisions/0010`). Who tried is kept as a keyed hash of the day, for a
week.
"""

import hashlib
import hmac
import math
from datetime import datetime, timedelta

from limits import RateLimitItem, parse
from sqlalchemy import Column, Connection, Index, Table, and_, delete, func, insert, select

from cooee.kit.columns import UtcTime, row_number, text_id
from cooee.kit.db import metadata
from cooee.kit.errors import TooManyRequests

PURPOSE = "attempts"
KEPT = timedelta(days=7)
"""No longer window is counted."""

attempts = Table(
    "attempts",
    metadata,
    Column("id", row_number(), primary_key=True, autoincrement=True),
    Column("who", text_id(), nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("ix_attempts_who", "who", "at"),
    Index("ix_attempts_at", "at"),
)


class Attempts:
    """Rules look like `"10 per 15 minutes"`; an empty one means no limit."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def hit(self, tx: Connection, rule: str, now: datetime, *who: str) -> None:
        """Counts one attempt of `who` (what is done first, then by whom) under `rule`.

        Raises:
            TooManyRequests: the window is full; the attempt is not counted.
        """
        if not rule:
            return
        name = self._name(now.date().isoformat(), who)
        _take_turn(tx, name)
        self.check(tx, rule, now, *who)
        tx.execute(insert(attempts).values(who=name, at=now))

    def check(self, tx: Connection, rule: str, now: datetime, *who: str) -> None:
        """Counts nothing: whether an attempt of `who` would be let through.

        Raises:
            TooManyRequests: the window is full.
        """
        if not rule:
            return
        item, window = _parsed(rule)
        names = self._names(now, window, who)
        recent = and_(attempts.c.who.in_(names), attempts.c.at > now - window)
        latest = select(attempts.c.at).where(recent).order_by(attempts.c.at.desc())
        # Only so many fit: if there is this one, the window is full until it has left.
        in_the_way = tx.execute(latest.offset(item.amount - 1).limit(1)).scalar_one_or_none()
        if in_the_way is not None:
            raise TooManyRequests(max(1, math.ceil((in_the_way + window - now).total_seconds())))

    def forgive(self, tx: Connection, rule: str, now: datetime, *who: str) -> None:
        """Forgives all attempts of `who`, since the last one was right."""
        if rule:
            _, window = _parsed(rule)
            tx.execute(delete(attempts).where(attempts.c.who.in_(self._names(now, window, who))))

    def _names(self, now: datetime, window: timedelta, who: tuple[str, ...]) -> list[str]:
        """As what `who` stands in the rows of a window, today's first."""
        days = range(math.ceil(window / timedelta(days=1)) + 1)
        return [self._name((now - timedelta(days=day)).date().isoformat(), who) for day in days]

    def _name(self, day: str, who: tuple[str, ...]) -> str:
        said = "\x1f".join((day, *who)).encode()
        return hmac.new(self._key, said, hashlib.sha256).hexdigest()[:32]


def end_expired(tx: Connection, now: datetime) -> None:
    """Forgets what no window reaches any more."""
    tx.execute(delete(attempts).where(attempts.c.at <= now - KEPT))


def _parsed(rule: str) -> tuple[RateLimitItem, timedelta]:
    item = parse(rule)
    return item, min(KEPT, timedelta(seconds=item.get_expiry()))


def _take_turn(tx: Connection, name: str) -> None:
    """Whoever else counts the same waits until this transaction ends; on SQLite there is one writer anyway."""
    if tx.dialect.name == "postgresql":
        tx.execute(select(func.pg_advisory_xact_lock(int(name[:15], 16))))

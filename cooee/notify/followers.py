"""Whom to tell that a host is live: read in batches, however many follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import Connection, and_, literal, select, tuple_
from sqlalchemy.sql.elements import ColumnElement

from cooee.kit.clock import from_ms, to_ms
from cooee.kit.columns import DecimalId, UtcTime
from cooee.notify.devices import Device, Keys
from cooee.notify.rules import Channel, wanted_by_default
from cooee.notify.tables import subscriptions, wishes
from cooee.people.ids import PersonId
from cooee.people.tables import follows


@dataclass(frozen=True, slots=True)
class After:
    """Where a batch ended: the order is that in which people began to follow."""

    since: datetime
    follower: PersonId
    device: str

    @classmethod
    def of(cls, payload: Sequence[object] | None) -> Self | None:
        """From what a job carries."""
        if payload is None:
            return None
        since, follower, device = payload
        return cls(from_ms(int(str(since))), PersonId(str(follower)), str(device))

    @property
    def payload(self) -> list[str]:
        """As a job carries it."""
        return [str(to_ms(self.since)), self.follower, self.device]


@dataclass(frozen=True, slots=True)
class Told:
    """A device of a follower."""

    device: Device
    after: After


def with_devices(tx: Connection, host: PersonId, after: After | None, most: int) -> Sequence[Told]:
    """The next devices of followers who want to be pushed that somebody is live."""
    s, f = subscriptions.c, follows.c
    query = (
        select(subscriptions, f.created_at.label("since"))
        .join(follows, and_(f.follower_id == s.person_id, f.followed_id == host))
        .where(_wants("push"))
        .order_by(f.created_at, f.follower_id, s.id)
        .limit(most)
    )
    if after is not None:
        last = tuple_(
            literal(after.since, UtcTime), literal(after.follower, DecimalId), literal(after.device, DecimalId)
        )
        query = query.where(f.created_at >= after.since, tuple_(f.created_at, f.follower_id, s.id) > last)
    return [
        Told(
            Device(row.id, row.person_id, row.endpoint, Keys(row.p256dh, row.auth), row.quiet_until),
            After(row.since, row.person_id, row.id),
        )
        for row in tx.execute(query)
    ]


def who_want_letters(tx: Connection, host: PersonId, after: PersonId, most: int) -> Sequence[PersonId]:
    """The next followers who want to be written to when somebody is live: few ask for that."""
    w, f = wishes.c, follows.c
    query = (
        select(w.person_id)
        .join(follows, and_(f.follower_id == w.person_id, f.followed_id == host))
        .where(w.kind == "live", w.channel == "mail", w.wanted, w.person_id > after)
        .order_by(w.person_id)
        .limit(most)
    )
    return list(tx.execute(query).scalars())


def _wants(channel: Channel) -> ColumnElement[bool]:
    w = wishes.alias().c
    chosen = and_(w.person_id == follows.c.follower_id, w.kind == "live", w.channel == channel)
    otherwise = select(literal(1)).where(chosen, w.wanted != wanted_by_default("live", channel)).exists()
    return ~otherwise if wanted_by_default("live", channel) else otherwise

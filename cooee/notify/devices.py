"""Where notices are pushed to: one subscription for each device on which somebody wants that."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, delete, select, update

from cooee.kit.db import insert_new
from cooee.kit.ids import Ids
from cooee.notify.tables import subscriptions
from cooee.people.ids import PersonId
from cooee.people.tables import sessions

MOST = 20
"""Of one person: whoever gives many addresses of somebody else's server has us call there no more often than this."""


@dataclass(frozen=True, slots=True)
class Keys:
    """By which a browser reads what is pushed to it and nobody between does (RFC 8291 §3), in base64url."""

    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True)
class Device:
    """A subscription, and where it is."""

    id: str
    person: PersonId
    endpoint: str
    keys: Keys
    quiet_until: datetime | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A subscription in its person's list."""

    id: str
    session: bytes
    browser: str | None
    system: str | None
    created_at: datetime
    reached_at: datetime | None


def add(tx: Connection, person: PersonId, session: bytes, endpoint: str, keys: Keys, ids: Ids, now: datetime) -> None:
    """This session's browser hears of notices here from now on, and nowhere else. The oldest of very many go."""
    s = subscriptions.c
    tx.execute(delete(subscriptions).where((s.session == session) | (s.endpoint == endpoint)))
    kept = select(s.id).where(s.person_id == person).order_by(s.created_at.desc(), s.id.desc()).offset(MOST - 1)
    forget(tx, list(tx.execute(kept).scalars()))
    values = {
        "id": ids.decimal(),
        "person_id": person,
        "session": session,
        "endpoint": endpoint,
        "p256dh": keys.p256dh,
        "auth": keys.auth,
        "created_at": now,
    }
    insert_new(tx, subscriptions, values)


def listed(tx: Connection, person: PersonId) -> Sequence[Listed]:
    """Where somebody hears of notices, the latest first."""
    s = subscriptions.c
    query = (
        select(s.id, s.session, sessions.c.browser, sessions.c.system, s.created_at, s.reached_at)
        .join(sessions, sessions.c.token_hash == s.session)
        .where(s.person_id == person)
        .order_by(s.created_at.desc(), s.id.desc())
    )
    return [Listed(*row) for row in tx.execute(query)]


def of(tx: Connection, person: PersonId) -> Sequence[Device]:
    """Where somebody hears of notices."""
    return [_device(row) for row in tx.execute(select(subscriptions).where(subscriptions.c.person_id == person))]


def one(tx: Connection, id: str) -> Device | None:
    """The subscription with this id, if it is still there."""
    row = tx.execute(select(subscriptions).where(subscriptions.c.id == id)).one_or_none()
    return None if row is None else _device(row)


def remove(tx: Connection, person: PersonId, id: str) -> None:
    """That device hears nothing more."""
    tx.execute(delete(subscriptions).where(subscriptions.c.person_id == person, subscriptions.c.id == id))


def forget(tx: Connection, ids: Collection[str]) -> None:
    """These are gone, as their push service says."""
    tx.execute(delete(subscriptions).where(subscriptions.c.id.in_(ids)))


def reached(tx: Connection, ids: Collection[str], now: datetime) -> None:
    """Their push services took something."""
    values = {"reached_at": now, "quiet_until": None}
    tx.execute(update(subscriptions).where(subscriptions.c.id.in_(ids)).values(values))


def leave_alone(tx: Connection, id: str, until: datetime) -> None:
    """Its push service wants to hear nothing until then."""
    tx.execute(update(subscriptions).where(subscriptions.c.id == id).values(quiet_until=until))


def _device(row: Row[tuple[object, ...]]) -> Device:
    return Device(row.id, row.person_id, row.endpoint, Keys(row.p256dh, row.auth), row.quiet_until)

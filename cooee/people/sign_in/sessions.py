"""Sessions: a device on which somebody is signed in.

Sessions are ended here and nowhere else, and whose ended is written down: `people.signed_out` closes what was open.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    case,
    delete,
    insert,
    literal,
    or_,
    select,
    type_coerce,
    update,
)

from cooee.kit.clock import to_ms
from cooee.kit.db import signal
from cooee.people import rules
from cooee.people.ids import PersonId
from cooee.people.sign_in.errors import AccountSuspended
from cooee.people.sign_in.rules import Device
from cooee.people.tables import people, sessions

ENDED: Final = "people.sessions_ended"
"""The signal after a commit by which sessions ended."""


@dataclass(frozen=True)
class SessionRecord:
    """A session that has not expired, and whose it is."""

    person_id: PersonId
    admin: bool
    expires_at: datetime
    last_used_at: datetime
    confirmed_at: datetime


@dataclass(frozen=True)
class Listed:
    """A session in its person's list."""

    token_hash: bytes
    device: Device
    created_at: datetime
    last_used_at: datetime

    @property
    def id(self) -> str:
        """Names the session and tells nothing of its token."""
        return name_of(self.token_hash)


def name_of(token_hash: bytes) -> str:
    """A session's id."""
    return hashlib.sha256(token_hash).hexdigest()[:24]


def begin(tx: Connection, person: PersonId, token_hash: bytes, device: Device, now: datetime) -> None:
    """Whoever has the token is `person` from now on, and has just proved it.

    Raises:
        AccountSuspended
    """
    query = select(people.c.suspended_until).where(people.c.id == person, people.c.suspended_until > now)
    if (until := tx.execute(query).scalar_one_or_none()) is not None:
        raise AccountSuspended(until)
    values = {
        "token_hash": token_hash,
        "person_id": person,
        "browser": device.browser,
        "system": device.system,
        "created_at": now,
        "last_used_at": now,
        "confirmed_at": now,
        "expires_at": rules.session_end(now),
    }
    tx.execute(insert(sessions).values(values))


def find(tx: Connection, token_hash: bytes, now: datetime) -> SessionRecord | None:
    """The session with this token, unless it has expired or its person is suspended."""
    s = sessions.c
    welcome = or_(people.c.suspended_until.is_(None), people.c.suspended_until <= now)
    query = (
        select(s.person_id, people.c.admin, s.expires_at, s.last_used_at, s.confirmed_at)
        .join(people, people.c.id == s.person_id)
        .where(s.token_hash == token_hash, s.expires_at > now, welcome)
    )
    row = tx.execute(query).one_or_none()
    return row and SessionRecord(*row)


def note_use(tx: Connection, token_hash: bytes, now: datetime, expires_at: datetime) -> None:
    """The session was used now, and ends at `expires_at` without further use."""
    changed = {"last_used_at": now, "expires_at": expires_at}
    tx.execute(update(sessions).where(sessions.c.token_hash == token_hash).values(changed))


def confirm(tx: Connection, token_hash: bytes, now: datetime) -> None:
    """Whoever uses this session has just proved to be the person."""
    tx.execute(update(sessions).where(sessions.c.token_hash == token_hash).values(confirmed_at=now))


def listed(tx: Connection, person: PersonId, now: datetime) -> Sequence[Listed]:
    """Where somebody is signed in, the last used first."""
    s = sessions.c
    query = select(sessions).where(s.person_id == person, s.expires_at > now).order_by(s.last_used_at.desc())
    return [
        Listed(row.token_hash, Device(row.browser, row.system), row.created_at, row.last_used_at)
        for row in tx.execute(query)
    ]


def end(tx: Connection, token_hash: bytes, now: datetime) -> None:
    """Deletes a session, if it is there."""
    _end(tx, sessions.c.token_hash == token_hash, now)


def end_listed(tx: Connection, person: PersonId, id: str, now: datetime) -> None:
    """Deletes the session of `person` that is listed under `id`, if it is there."""
    for session in listed(tx, person, now):
        if session.id == id:
            end(tx, session.token_hash, now)


def end_others(tx: Connection, person: PersonId, but: bytes | None, now: datetime) -> None:
    """Signs somebody out everywhere, but where the token is this."""
    theirs = sessions.c.person_id == person
    others = theirs if but is None else theirs & (sessions.c.token_hash != but)
    _end(tx, others, now)


def end_expired(tx: Connection, now: datetime) -> int:
    """Deletes sessions whose time is over; how many there were."""
    return _end(tx, sessions.c.expires_at <= now, now)


def ended_since(tx: Connection, since: datetime) -> Sequence[tuple[PersonId, datetime]]:
    """Whose sessions ended since then, each with the latest time."""
    query = select(people.c.id, people.c.signed_out_at).where(people.c.signed_out_at >= since)
    return [(PersonId(person), at) for person, at in tx.execute(query)]


def forget_ended(tx: Connection, before: datetime) -> None:
    """Forgets that sessions ended before then: every node has heard of it."""
    tx.execute(update(people).where(people.c.signed_out_at < before).values(signed_out_at=None))


def _end(tx: Connection, those: ColumnElement[bool], now: datetime) -> int:
    """Deletes sessions, and writes down whose they were; how many there were."""
    theirs = people.c.id.in_(select(sessions.c.person_id).where(those))
    tx.execute(update(people).where(theirs).values(signed_out_at=_later_than_before(now)))
    signal(tx, ENDED)
    return tx.execute(delete(sessions).where(those)).rowcount


def _later_than_before(now: datetime) -> ColumnElement[int]:
    """Each end has a time of its own, also two in one millisecond."""
    before = type_coerce(people.c.signed_out_at, BigInteger)
    at = literal(to_ms(now), BigInteger)
    return case((before >= at, before + 1), else_=at)

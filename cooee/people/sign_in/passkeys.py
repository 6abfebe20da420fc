"""Passkeys (WebAuthn level 3): what is stored of each, and the challenges that are out."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, delete, func, insert, select, update

from cooee.kit.db import insert_new
from cooee.people.ids import PersonId
from cooee.people.sign_in.tables import passkey_challenges as challenges
from cooee.people.sign_in.tables import passkeys as table

Purpose = Literal["register", "sign_up", "prove"]

CHALLENGE_LASTS = timedelta(minutes=10)
MOST = 20
"""Of one person."""


@dataclass(frozen=True)
class Passkey:
    """A row of `passkeys`."""

    id: str
    person_id: PersonId
    credential_id: bytes
    handle: bytes
    public_key: bytes
    sign_count: int
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True)
class Challenge:
    """A question that was put to a browser, and for whom."""

    purpose: Purpose
    handle: bytes | None
    person_id: PersonId | None


def of(tx: Connection, person: PersonId) -> Sequence[Passkey]:
    """Somebody's passkeys, the oldest first."""
    return [_record(row) for row in tx.execute(select(table).where(table.c.person_id == person).order_by(table.c.id))]


def count(tx: Connection, person: PersonId) -> int:
    """How many passkeys somebody has."""
    return tx.execute(select(func.count()).select_from(table).where(table.c.person_id == person)).scalar_one()


def by_credential(tx: Connection, credential_id: bytes) -> Passkey | None:
    """The passkey with this credential id."""
    row = tx.execute(select(table).where(table.c.credential_id == credential_id)).one_or_none()
    return None if row is None else _record(row)


def add(tx: Connection, passkey: Passkey) -> bool:
    """False if this credential is known already."""
    return insert_new(tx, table, vars(passkey))


def rename(tx: Connection, person: PersonId, id: str, name: str) -> bool:
    """False if `person` has no such passkey."""
    mine = (table.c.id == id, table.c.person_id == person)
    return tx.execute(update(table).where(*mine).values(name=name)).rowcount == 1


def remove(tx: Connection, person: PersonId, id: str) -> bool:
    """False if `person` has no such passkey."""
    return tx.execute(delete(table).where(table.c.id == id, table.c.person_id == person)).rowcount == 1


def note_use(tx: Connection, passkey: Passkey, sign_count: int, now: datetime) -> None:
    """The passkey opened something; its own counter stands at `sign_count`."""
    changed = {"sign_count": sign_count, "last_used_at": now}
    tx.execute(update(table).where(table.c.id == passkey.id).values(changed))


def ask(tx: Connection, challenge_hash: bytes, challenge: Challenge, now: datetime) -> None:
    """Remembers a challenge, of which only the hash is kept."""
    values = {"challenge_hash": challenge_hash, "expires_at": now + CHALLENGE_LASTS, **vars(challenge)}
    tx.execute(insert(challenges).values(values))


def answered(tx: Connection, challenge_hash: bytes, purpose: Purpose, now: datetime) -> Challenge | None:
    """The challenge that was answered; no second answer counts."""
    mine = challenges.c.challenge_hash == challenge_hash
    row = tx.execute(select(challenges).where(mine)).one_or_none()
    gone = tx.execute(delete(challenges).where(mine)).rowcount == 1
    if row is None or not gone or row.purpose != purpose or row.expires_at <= now:
        return None
    return Challenge(row.purpose, row.handle, row.person_id)


def end_expired(tx: Connection, now: datetime) -> None:
    """Deletes challenges whose time is over."""
    tx.execute(delete(challenges).where(challenges.c.expires_at <= now))


def _record(row: object) -> Passkey:
    return Passkey(**{field.name: getattr(row, field.name) for field in fields(Passkey)})

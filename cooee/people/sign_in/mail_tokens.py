"""Links in letters: each opens one thing, once, for a while. A new letter makes the link of the last one worthless.

A token follows from the key of the outbox's job that sends it, so that a repeat carries the same link and nothing that
is stored would open anything.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, delete, insert, select

from cooee.kit.ids import base62
from cooee.kit.secrets import hashed
from cooee.people import store
from cooee.people.ids import PersonId
from cooee.people.sign_in.tables import mail_tokens as table

Purpose = Literal["verify", "reset"]

LASTS: Mapping[Purpose, timedelta] = {"verify": timedelta(days=1), "reset": timedelta(hours=1)}

_LENGTH = 43


@dataclass(frozen=True)
class Link:
    """What a link that was not followed yet is for."""

    person_id: PersonId
    purpose: Purpose
    address: str
    expires_at: datetime


def token(key: bytes, job: str) -> str:
    """The token that the letter of this job carries: 43 characters of `[0-9A-Za-z]`."""
    return base62(int.from_bytes(hmac.digest(key, job.encode(), "sha256")), _LENGTH)


def begin(tx: Connection, token: str, link: Link) -> None:
    """From now on this token opens `link`, and no earlier one of the same purpose."""
    # Two letters that are asked for at once: the later one counts.
    store.hold_alone(tx, link.person_id)
    forget(tx, link.person_id, link.purpose)
    tx.execute(insert(table).values({"token_hash": hashed(token), **vars(link)}))


def find(tx: Connection, token: str, now: datetime) -> Link | None:
    """What this token opens, if it still does."""
    columns = (table.c.person_id, table.c.purpose, table.c.address, table.c.expires_at)
    query = select(*columns).where(table.c.token_hash == hashed(token), table.c.expires_at > now)
    row = tx.execute(query).one_or_none()
    return row and Link(*row)


def spend(tx: Connection, token: str, purpose: Purpose, now: datetime) -> Link | None:
    """Opens what this token is for, for the only time."""
    found = find(tx, token, now)
    if found is None or found.purpose != purpose:
        return None
    gone = tx.execute(delete(table).where(table.c.token_hash == hashed(token)))
    return found if gone.rowcount == 1 else None


def waiting(tx: Connection, person: PersonId, purpose: Purpose, now: datetime) -> Link | None:
    """The link of this purpose that somebody was sent and has not followed."""
    columns = (table.c.person_id, table.c.purpose, table.c.address, table.c.expires_at)
    mine = (table.c.person_id == person, table.c.purpose == purpose, table.c.expires_at > now)
    row = tx.execute(select(*columns).where(*mine)).one_or_none()
    return row and Link(*row)


def forget(tx: Connection, person: PersonId, purpose: Purpose) -> None:
    """Makes the link of this purpose that somebody was sent worthless."""
    tx.execute(delete(table).where(table.c.person_id == person, table.c.purpose == purpose))


def end_expired(tx: Connection, now: datetime) -> None:
    """Deletes links whose time is over."""
    tx.execute(delete(table).where(table.c.expires_at <= now))

"""The password of an account, as it is stored."""

from datetime import datetime

from sqlalchemy import Connection, select

from cooee.people import store
from cooee.people.ids import PersonId
from cooee.people.sign_in import mail_tokens, sessions
from cooee.people.tables import people


def stored(tx: Connection, person: PersonId) -> str | None:
    """The hash; None if no password opens this account."""
    found: str | None = tx.execute(select(people.c.password_hash).where(people.c.id == person)).scalar_one_or_none()
    return found


def change(tx: Connection, person: PersonId, password_hash: str, now: datetime, *, but: bytes | None) -> None:
    """Sets a password. Whoever is signed in is out, but for the session with this token (`but`)."""
    store.change(tx, person, {"password_hash": password_hash})
    sessions.end_others(tx, person, but, now)
    mail_tokens.forget(tx, person, "reset")

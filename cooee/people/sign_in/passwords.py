"""The password of an account, as it is stored."""

from sqlalchemy import Connection, select

from cooee.people.ids import PersonId
from cooee.people.tables import people


def stored(tx: Connection, person: PersonId) -> str | None:
    """The hash; None if no password opens this account."""
    found: str | None = tx.execute(select(people.c.password_hash).where(people.c.id == person)).scalar_one_or_none()
    return found

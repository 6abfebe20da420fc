"""E-mail addresses: how they are written, and whose they are. Only verified ones are anybody's."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from cooee.kit.db import insert_new
from cooee.people.ids import PersonId
from cooee.people.sign_in.tables import email_addresses as table


@dataclass(frozen=True)
class Verified:
    """An address whose letters somebody has shown to receive."""

    address: str
    verified_at: datetime


def parsed(typed: str) -> str:
    """The address that was typed, in its usual spelling. Whether letters arrive there, a letter will show.

    Raises:
        ValueError: it is none.
    """
    # Late: it takes a while to load, and few requests need it.
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(typed.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        raise ValueError("not an e-mail address") from None


def folded(address: str) -> str:
    """What two spellings of one mailbox have in common: no provider of today tells them apart by case."""
    return address.casefold()


def of(tx: Connection, person: PersonId) -> Verified | None:
    """The address of somebody."""
    row = tx.execute(select(table.c.address, table.c.verified_at).where(table.c.person_id == person)).one_or_none()
    return row and Verified(*row)


def owner(tx: Connection, address: str) -> PersonId | None:
    """Whose address this is."""
    query = select(table.c.person_id).where(table.c.folded == folded(address))
    found: PersonId | None = tx.execute(query).scalar_one_or_none()
    return found


def put(tx: Connection, person: PersonId, address: str, now: datetime) -> bool:
    """Gives somebody an address in place of the one they had; False if it is somebody else's."""
    if owner(tx, address) not in (None, person):
        return False
    remove(tx, person)
    values = {"person_id": person, "address": address, "folded": folded(address), "verified_at": now}
    return insert_new(tx, table, values)


def remove(tx: Connection, person: PersonId) -> None:
    """Leaves somebody without an address."""
    tx.execute(delete(table).where(table.c.person_id == person))

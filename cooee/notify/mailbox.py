"""Where somebody gets letters, how often, and when they got the last."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from cooee.kit.db import insert_new
from cooee.notify.rules import Rhythm
from cooee.notify.tables import letters
from cooee.people.ids import PersonId
from cooee.people.sign_in.tables import email_addresses


@dataclass(frozen=True, slots=True)
class Mailbox:
    """What is known of somebody's mail. Only a verified address is written to, and none that refused a letter."""

    address: str | None
    refused: bool
    rhythm: Rhythm
    mailed_at: datetime | None

    @property
    def takes(self) -> bool:
        """Whether letters go there."""
        return self.address is not None and not self.refused


def of(tx: Connection, person: PersonId) -> Mailbox:
    """Somebody's mailbox."""
    address: str | None = tx.execute(
        select(email_addresses.c.address).where(email_addresses.c.person_id == person)
    ).scalar_one_or_none()
    row = tx.execute(select(letters).where(letters.c.person_id == person)).one_or_none()
    if row is None:
        return Mailbox(address, False, "soon", None)
    return Mailbox(address, address is not None and row.refused == address, row.rhythm, row.mailed_at)


def set_rhythm(tx: Connection, person: PersonId, rhythm: Rhythm) -> None:
    """How often letters may come."""
    _set(tx, person, rhythm=rhythm)


def note_mailed(tx: Connection, person: PersonId, now: datetime) -> None:
    """A letter went out."""
    _set(tx, person, mailed_at=now)


def note_refused(tx: Connection, person: PersonId, address: str) -> None:
    """The mail server refused the address for good: nothing is sent there any more. Another address begins anew."""
    _set(tx, person, refused=address)


def _set(tx: Connection, person: PersonId, **values: object) -> None:
    fresh: dict[str, object] = {"person_id": person, "rhythm": "soon", **values}
    if not insert_new(tx, letters, fresh):
        tx.execute(update(letters).where(letters.c.person_id == person).values(**values))

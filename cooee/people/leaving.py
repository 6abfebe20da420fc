"""The end of an account: hidden and signed out at once, erased after some days. Whoever signs in until then is back."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, select

from cooee.kit import outbox
from cooee.people import facts, store
from cooee.people.errors import LastAdministrator, PersonNotFound
from cooee.people.ids import PersonId
from cooee.people.sign_in import sessions
from cooee.people.tables import people

GRACE = timedelta(days=14)

ERASE: Final = "people.erase"
"""The outbox's topic: `{person}`"""


def leave(tx: Connection, me: PersonId, now: datetime) -> datetime:
    """Hides the account and ends its sessions; when it will be erased.

    Raises:
        LastAdministrator
    """
    # All administrators, so that of the last two who leave at once one stays.
    held = select(people.c.id).where(people.c.admin, people.c.deleting_at.is_(None)).order_by(people.c.id)
    if list(tx.execute(held.with_for_update()).scalars()) == [me]:
        raise LastAdministrator
    erased_at = now + GRACE
    store.change(tx, me, {"deleting_at": erased_at})
    sessions.end_others(tx, me, None, now)
    outbox.schedule(tx, _key(me), ERASE, {"person": me}, erased_at)
    facts.left(tx, me, now)
    return erased_at


def come_back(tx: Connection, person: PersonId) -> bool:
    """Whoever signs in has the account again; whether it was to be erased.

    Raises:
        PersonNotFound: it was erased meanwhile.
    """
    held = select(people.c.deleting_at).where(people.c.id == person).with_for_update()
    if tx.execute(held).scalar_one_or_none() is None:
        return False
    if not outbox.take_back(tx, _key(person)):
        raise PersonNotFound
    store.change(tx, person, {"deleting_at": None})
    return True


def _key(person: PersonId) -> str:
    return f"{ERASE}:{person}"

"""What follows in live Spaces when somebody moderates no longer."""

from datetime import datetime

from sqlalchemy import Connection

from cooee.kit.errors import Refusal
from cooee.people.ids import PersonId
from cooee.spaces import admission, service, store
from cooee.spaces.events import ModeratorLetOut
from cooee.spaces.house import Actor, Committed, House
from cooee.spaces.rules.moderated import ModeratesNoLonger
from cooee.spaces.state import Space


def let_out(tx: Connection, house: House, person: PersonId, now: datetime, committed: Committed) -> None:
    """Whoever was let in as a moderator is put out of the Spaces that they could not enter without."""
    for id in sorted(store.looked_into(tx, person)):
        may_stay = _may_stay(tx, house, service.for_change(tx, id), person)
        service.observe(tx, house, id, ModeratesNoLonger(person, may_stay), now, committed)


def _may_stay(tx: Connection, house: House, space: Space, person: PersonId) -> bool:
    """Whether the door is open to them as to anybody. That they were inside is no reason: they were as a moderator."""
    try:
        admission.check_entry(tx, house, ModeratorLetOut(person).apply(space), Actor(person, exempt=False), known=False)
    except Refusal:
        return False
    return True

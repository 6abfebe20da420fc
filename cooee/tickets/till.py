"""What selling needs, and the Space that it is about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection

from cooee.people import service as people
from cooee.people.ids import PersonId
from cooee.spaces import service as spaces
from cooee.spaces.ahead import Ahead
from cooee.spaces.errors import SpaceNotFound
from cooee.spaces.house import House
from cooee.spaces.rules.gates import Rollout
from cooee.spaces.state import SpaceId
from cooee.tickets import rules, store
from cooee.tickets.payments import Payments
from cooee.tickets.rules import Terms

_COUNTED = timedelta(days=30)

HasOpenCase = Callable[[Connection, SpaceId, PersonId], bool]
"""Whether moderators have a Space or its host before them. `app.py` wires the answer."""


@dataclass(frozen=True, slots=True)
class Till:
    """What selling needs. Without `payments`, nothing is sold that costs anything."""

    house: House
    ahead: Ahead
    terms: Terms
    rollout: Rollout
    has_open_case: HasOpenCase
    payments: Payments | None
    site_url: str
    countries: tuple[str, ...] = ()
    """Where hosts can be paid; empty: in the platform's own country."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The Space that it is about. `owner` has the host's role."""

    id: SpaceId
    owner: PersonId
    title: str
    state: Literal["ahead", "live", "over"]
    banned: frozenset[PersonId]
    begins: datetime


def subject(tx: Connection, till: Till, id: SpaceId, viewer: PersonId | None) -> Subject:
    """A Space as this person may see it.

    Raises:
        SpaceNotFound, YouBlockedThem, BlockedByThem
    """
    try:
        space, _ = spaces.seen(tx, till.house, id, viewer)
    except SpaceNotFound:
        ahead = till.ahead.seen(tx, id, viewer)
        state: Literal["ahead", "over"] = "over" if ahead.state == "canceled" else "ahead"
        return Subject(id, PersonId(ahead.host.id), ahead.title, state, frozenset(), ahead.scheduled_start)
    now_is: Literal["live", "over"] = "over" if space.ended else "live"
    return Subject(id, space.owner, space.title, now_is, space.banned, space.started_at)


def seller(tx: Connection, till: Till, person: PersonId, now: datetime) -> rules.Seller:
    """What the rules ask about whoever wants to sell."""
    record, payee = people.person_by_id(tx, person), store.payee(tx, person)
    held = store.hosted(tx, person, now - _COUNTED)
    return rules.Seller(person, record.followers, held, record.admin, payee is not None and payee.ready)

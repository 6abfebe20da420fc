"""What all Spaces of this site have in common, who does something in them, and what a commit tells."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from cooee.kit.ids import Ids
from cooee.people.cards import CardTicket
from cooee.people.ids import PersonId
from cooee.people.questions import Questions
from cooee.people.shapes import Person
from cooee.spaces.errors import TicketNeeded
from cooee.spaces.rules import Events
from cooee.spaces.rules.gates import Gates
from cooee.spaces.state import Space, SpaceId


@dataclass(frozen=True, slots=True)
class Change:
    """A Space after a commit, and what happened to it."""

    before: Space | None
    after: Space
    events: Events


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody with an account who does something.

    `exempt` from the gate of access: administrators, and holders of a grant, who passed it already.
    """

    person: PersonId
    exempt: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A Space that somebody may enter, with its cast. `blocked`: whom of those on stage they have blocked."""

    space: Space
    cast: dict[PersonId, Person]
    blocked: tuple[Person, ...] = ()


Committed = Callable[[Change], None]
"""Called in the writing thread, in the order of commits."""


Suspended = Callable[[Connection, PersonId, Literal["hosting", "speaking"], datetime], datetime | None]
"""Until when moderators have suspended somebody from this; None if they have not. `wiring.py` wires the answer."""


AsksForTicket = Callable[[Connection, SpaceId, PersonId | None], TicketNeeded | None]
"""What somebody who needs a ticket is told; None if they have one, or there are none. `wiring.py` wires the answer."""


def no_tickets(_tx: Connection, _space: SpaceId, _person: PersonId | None) -> None:
    """Where nothing is sold, nobody needs a ticket."""


TicketsOf = Callable[[Connection, Collection[SpaceId], PersonId | None], Mapping[SpaceId, CardTicket]]
"""What it takes to come into those of these Spaces that take anything. `wiring.py` wires the answer."""


def nothing_sold(_tx: Connection, _ids: Collection[SpaceId], _viewer: PersonId | None) -> Mapping[SpaceId, CardTicket]:
    """Where nothing is sold."""
    return {}


@dataclass(frozen=True, slots=True)
class House:
    """What all Spaces of this site have in common."""

    gates: Gates
    seats: int
    asks: Questions
    ids: Ids
    suspended: Suspended
    asks_for_ticket: AsksForTicket = no_tickets
    tickets_of: TicketsOf = nothing_sold

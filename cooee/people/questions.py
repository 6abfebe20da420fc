"""What people's pages have to ask of domains above; `app.py` wires the answers."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from cooee.people.ids import PersonId
from cooee.people.records import PersonRecord

LiveSpaces = Callable[[Connection, Collection[PersonId], PersonId | None], Mapping[PersonId, str]]
"""In which public live Space (its id) each of these people is host, co-host or speaker; who is in none is left out, and
so are Spaces that are closed to the one who asks (the last argument; None: it is told to all alike).
"""

MayHost = Callable[[Connection, PersonRecord], bool]
"""Whether the hosting gate lets this person host a Space."""


Moderates = Callable[[Connection, PersonId], bool]
"""Whether this person decides on reports."""


@dataclass(frozen=True, slots=True)
class InPublic:
    """What somebody hosts that everybody finds: whether a Space right now, and how many are announced."""

    live: bool
    ahead: int


HostsInPublic = Callable[[Connection, PersonId], InPublic]
"""What this person hosts in public."""


@dataclass(frozen=True)
class Questions:
    """The wired answers."""

    live_spaces: LiveSpaces
    may_host: MayHost
    moderates: Moderates
    hosts_in_public: HostsInPublic

"""The life of a Space: `(space, command, actor, now) → events or a refusal`, without I/O and without a clock.

People's commands are classes with the rule in `decide`. What nobody commands but simply is (presence, a lost
connection, time passing) is an `Observation` of `rules.presence`. A refusal or an empty answer leaves the Space as it
was.
"""

from datetime import datetime
from typing import Protocol

from cooee.people.ids import PersonId
from cooee.spaces.errors import RemovedFromSpace, SpaceEnded
from cooee.spaces.events import Event
from cooee.spaces.state import Space

Events = tuple[Event, ...]


class Command(Protocol):
    """Something that a person wants to happen."""

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        """What happens, given that the Space is live and the actor was not removed; nothing if it is so already."""
        ...


class Observation(Protocol):
    """Something that is the case, whoever is to blame."""

    def conclude(self, space: Space, now: datetime) -> Events:
        """What follows for a Space that is live."""
        ...


def decide(space: Space, command: Command, actor: PersonId, now: datetime) -> Events:
    """What happens when `actor` asks for `command`.

    Raises:
        Refusal: the rule that says no.
    """
    may_command(space, actor)
    return command.decide(space, actor, now)


def may_command(space: Space, actor: PersonId) -> None:
    """What every command asks first.

    Raises:
        SpaceEnded, RemovedFromSpace
    """
    if space.ended is not None:
        raise SpaceEnded(space)
    if actor in space.banned:
        raise RemovedFromSpace


def conclude(space: Space, observation: Observation, now: datetime) -> Events:
    """What follows from `observation`; from a Space that is over follows nothing."""
    return () if space.ended is not None else observation.conclude(space, now)

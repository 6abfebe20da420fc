"""Messages to the room, and to its host. The rules say who may; nothing of it is in the aggregate."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from cooee.people.ids import PersonId
from cooee.spaces.errors import NotYourself, SlowMode
from cooee.spaces.rules import Events
from cooee.spaces.rules.authority import as_hosts, own_or_outranked
from cooee.spaces.state import Space


@dataclass(frozen=True, slots=True)
class WriteMessage:
    """`last_at`: when the actor wrote last in this Space. Slow mode is for everybody but the hosts."""

    to_host: bool = False
    last_at: datetime | None = None

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        if self.to_host and actor == space.host:
            raise NotYourself
        if self.last_at is not None and actor not in space.hosts():
            wait = self.last_at + timedelta(seconds=space.slow_mode_s) - now
            if wait > timedelta(0):
                raise SlowMode(math.ceil(wait.total_seconds()))
        return ()


@dataclass(frozen=True, slots=True)
class RemoveMessage:
    """One's own, or as one of the hosts somebody's whom one outranks."""

    author: PersonId

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        own_or_outranked(space, actor, self.author)
        return ()


@dataclass(frozen=True, slots=True)
class ReleaseMessage:
    """Lets a message through that the word filter held."""

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        as_hosts(space, actor)
        return ()

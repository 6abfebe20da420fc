"""Posts of the room. The rules say who may; nothing of it is in the aggregate."""

from dataclasses import dataclass
from datetime import datetime

from cooee.people.ids import PersonId
from cooee.spaces.rules import Events
from cooee.spaces.rules.authority import as_hosts, own_or_outranked
from cooee.spaces.state import Space


@dataclass(frozen=True, slots=True)
class SharePost:
    """Puts a post of one's own into the room: everybody in it may."""

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        return ()


@dataclass(frozen=True, slots=True)
class TakePostOut:
    """One's own, or as one of the hosts somebody's whom one outranks. It stays in the timeline."""

    author: PersonId

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        own_or_outranked(space, actor, self.author)
        return ()


@dataclass(frozen=True, slots=True)
class PinPost:
    """Has a post stand above all others, or none any more."""

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        as_hosts(space, actor)
        return ()

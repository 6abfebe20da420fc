"""Asking to speak, and the queue of those who ask."""

from dataclasses import dataclass
from datetime import datetime

from cooee.people.ids import PersonId
from cooee.spaces.errors import NoRequest, QueueFull
from cooee.spaces.events import RequestDeclined, Requested, RequestWithdrawn
from cooee.spaces.rules import Events
from cooee.spaces.rules.authority import as_hosts, included, not_removed, seated
from cooee.spaces.rules.gates import Return
from cooee.spaces.state import MAX_REQUESTS, Space


@dataclass(frozen=True, slots=True)
class AskToSpeak:
    """Whom the policy includes is seated at once while a seat is free; everyone else waits in the queue.

    `followed`: the host follows the actor.
    """

    question: str | None = None
    followed: bool = False

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        if actor == space.owner:
            return Return().decide(space, actor, now)
        if space.seat(actor) is not None:
            return ()
        if included(space, actor, followed=self.followed) and space.free_seats() > 0:
            return (seated(space, actor, now),)
        return self._queued(space, actor, now)

    def _queued(self, space: Space, actor: PersonId, now: datetime) -> Events:
        waiting = space.request(actor)
        if waiting is not None and waiting.question == self.question:
            return ()
        if waiting is None and len(space.requests) >= MAX_REQUESTS:
            raise QueueFull
        return (Requested(actor, self.question, now),)


@dataclass(frozen=True, slots=True)
class TakeBackRequest:
    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        return (RequestWithdrawn(actor),) if space.request(actor) else ()


@dataclass(frozen=True, slots=True)
class AcceptRequest:
    """Gives the person a seat. Whoever is on stage already was accepted by somebody else."""

    person: PersonId

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        as_hosts(space, actor)
        not_removed(space, self.person)
        if space.seat(self.person) is not None:
            return ()
        if space.request(self.person) is None:
            raise NoRequest
        return (seated(space, self.person, now, by_a_host=True),)


@dataclass(frozen=True, slots=True)
class DeclineRequest:
    person: PersonId

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        as_hosts(space, actor)
        return (RequestDeclined(self.person),) if space.request(self.person) else ()

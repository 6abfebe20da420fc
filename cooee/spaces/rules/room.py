"""The room as a whole: its rules and name, who is put out, who leaves, and the end."""

from dataclasses import dataclass
from datetime import datetime

from cooee.people.ids import PersonId
from cooee.spaces.errors import Outranked, ProtectedHost
from cooee.spaces.events import (
    Ended,
    Event,
    GuestsSet,
    HostChanged,
    InvitationDeclined,
    LetBack,
    LockSet,
    MicrophoneClosed,
    OwnerChanged,
    PolicySet,
    Removed,
    RequestWithdrawn,
    SlowModeSet,
    TitleSet,
    TopicsSet,
    Unseated,
)
from cooee.spaces.observed import HostAway, Went
from cooee.spaces.rules import Events
from cooee.spaces.rules.authority import again_cohost, as_host, as_hosts, over, seat_of
from cooee.spaces.rules.presence import HOST_GONE_AFTER, successor
from cooee.spaces.state import Policy, Space


@dataclass(frozen=True, slots=True)
class Change:
    """What is not None is set."""

    title: str | None = None
    topics: tuple[str, ...] | None = None
    policy: Policy | None = None
    locked: bool | None = None
    slow_mode_s: int | None = None
    guests: bool | None = None

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        as_hosts(space, actor)
        events: list[Event] = []
        if self.title is not None and self.title != space.title:
            events.append(TitleSet(self.title))
        if self.topics is not None and self.topics != space.topics:
            events.append(TopicsSet(self.topics))
        if self.policy is not None and self.policy != space.policy:
            events.append(PolicySet(self.policy))
        if self.locked is not None and self.locked != space.locked:
            events.append(LockSet(self.locked))
        if self.slow_mode_s is not None and self.slow_mode_s != space.slow_mode_s:
            events.append(SlowModeSet(self.slow_mode_s))
        if self.guests is not None and self.guests != space.guests:
            events.append(GuestsSet(self.guests))
        return tuple(events)


@dataclass(frozen=True, slots=True)
class Remove:
    """Puts somebody out, from stage or audience, for the rest of this Space; but no moderator of the site."""

    person: PersonId

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        over(space, actor, self.person)
        if self.person in space.moderators:
            raise Outranked
        return () if self.person in space.banned else (Removed(self.person),)


@dataclass(frozen=True, slots=True)
class LetBackIn:
    """Somebody who was removed may come in again, to listen: seats and wishes of before are gone."""

    person: PersonId

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        as_hosts(space, actor)
        return (LetBack(self.person),) if self.person in space.banned else ()


@dataclass(frozen=True, slots=True)
class PassOn:
    """Makes somebody on stage the host; whoever was it is a co-host if there is room, else a speaker.

    The owner gives the role away for good, an acting host until the owner is back. `protected`: the person's account
    is, and cannot host a public Space.
    """

    person: PersonId
    protected: bool = False

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        as_host(space, actor)
        if self.person == actor:
            return ()
        seat_of(space, self.person)
        if self.protected and space.audience == "public":
            raise ProtectedHost
        given: Events = (OwnerChanged(self.person),) if actor == space.owner else ()
        return (HostChanged(self.person), *given, *again_cohost(space, actor, instead_of=self.person))


@dataclass(frozen=True, slots=True)
class Leave:
    """A speaker's seat and a listener's wishes are given up. A host is succeeded at once, else the countdown begins."""

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        if actor == space.host:
            return _host_leaves(space, now)
        events: list[Event] = []
        if space.seat(actor) is not None:
            events.append(Unseated(actor, "left"))
        if space.request(actor) is not None:
            events.append(RequestWithdrawn(actor))
        if space.invitation(actor) is not None:
            events.append(InvitationDeclined(actor))
        return tuple(events)


@dataclass(frozen=True, slots=True)
class End:
    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        as_host(space, actor)
        return (Ended(now, "host"),)


def _host_leaves(space: Space, now: datetime) -> Events:
    heir = successor(space)
    if heir is not None:
        return (HostChanged(heir), Unseated(space.host, "left"))
    seat = space.seat(space.host)
    assert seat is not None, "the host sits on stage"
    if seat.away_since is not None and space.host_away_until is not None:
        return ()
    away_since = seat.away_since or now
    closed: Events = (MicrophoneClosed(space.host),) if seat.microphone == "open" else ()
    return (*closed, Went(space.host, away_since), HostAway(away_since + HOST_GONE_AFTER))

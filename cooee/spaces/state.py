"""What a live Space knows about itself: the aggregate that the rules decide on.

It holds policy, hosts, stage, requests, invitations, bans and version, and never the audience: to listen is a read and
a grant, so a Space with a hundred thousand listeners is as small as one with none.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NewType

from cooee.people.ids import PersonId

SpaceId = NewType("SpaceId", str)

Policy = Literal["everyone", "followed", "invited"]
Audience = Literal["public", "unlisted", "invited"]
Role = Literal["host", "cohost", "speaker", "listener"]
EndReason = Literal["host", "lapsed", "host_gone", "moderated"]

# `held` is muted by a host, who alone lifts it; `asked` is muted, with a host's request to open it.
Microphone = Literal["open", "muted", "held", "asked"]

MAX_COHOSTS = 2
MAX_REQUESTS = 500
MAX_INVITATIONS = 100
MAX_INVITED_AT_ONCE = 100
MAX_TITLE = 70
MAX_TOPICS = 3
MAX_QUESTION = 140
MAX_SLOW_MODE_S = 300


@dataclass(frozen=True, slots=True)
class Seat:
    """One place on stage.

    `csrc` (31 bits, never 0) names the person in RTP. `session` is the speak session that is connected, if one is.
    `away_since` is when the person was last known to be in the room, None while they are.
    `stream` is the session of a program that speaks for them, whose the microphone is then; "" while it connects.
    """

    person: PersonId
    csrc: int
    microphone: Microphone = "muted"
    session: str | None = None
    away_since: datetime | None = None
    stream: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A wish to speak; the queue is in the order of `at`."""

    person: PersonId
    question: str | None
    at: datetime
    away_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A seat offered by a host; with `cohost`, the seat of a co-host."""

    person: PersonId
    cohost: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    at: datetime
    reason: EndReason


@dataclass(frozen=True, slots=True)
class Space:
    """A Space that is live or over, after `version` changes.

    `owner` opened it and gets the host's role back whenever they return; `host` has it now. Roles follow from `host`,
    `cohosts` and `stage`, so that two hosts cannot be written down. Whoever is host or co-host sits on stage.
    `host_away_until` is the announced end of a Space that its host has left. `admitted` may enter an invited Space.
    `moderators` of the site may come in upon a report while it is live, and are shown to all while they are here.
    `held` left the stage while a host's mute held: it holds again if they come back without a host's yes.
    `voices` are the demo's recorded speakers, who never go away. `slow_mode_s`: how long everybody but the hosts waits
    from one message to the next. `recorded`: at some time of it, something was.
    """

    id: SpaceId
    owner: PersonId
    host: PersonId
    title: str
    topics: tuple[str, ...]
    language: str
    policy: Policy
    audience: Audience
    guests: bool
    seats: int
    started_at: datetime
    locked: bool = False
    ended: Ending | None = None
    cohosts: tuple[PersonId, ...] = ()
    stage: tuple[Seat, ...] = ()
    requests: tuple[Request, ...] = ()
    invitations: tuple[Invitation, ...] = ()
    banned: frozenset[PersonId] = frozenset()
    held: frozenset[PersonId] = frozenset()
    admitted: frozenset[PersonId] = frozenset()
    moderators: frozenset[PersonId] = frozenset()
    voices: frozenset[PersonId] = frozenset()
    host_away_until: datetime | None = None
    slow_mode_s: int = 0
    recording_since: datetime | None = None
    recorded: bool = False
    access_epoch: int = 1
    version: int = 1

    def role(self, person: PersonId) -> Role:
        if self.ended is not None:
            return "listener"
        if person == self.host:
            return "host"
        if person in self.cohosts:
            return "cohost"
        return "speaker" if self.seat(person) else "listener"

    def seat(self, person: PersonId) -> Seat | None:
        return next((seat for seat in self.stage if seat.person == person), None)

    def request(self, person: PersonId) -> Request | None:
        return next((request for request in self.requests if request.person == person), None)

    def invitation(self, person: PersonId) -> Invitation | None:
        return next((invitation for invitation in self.invitations if invitation.person == person), None)

    def place(self, person: PersonId) -> int | None:
        """Where in the queue the person's request stands, from 1."""
        order = (place for place, request in enumerate(self.requests, start=1) if request.person == person)
        return next(order, None)

    def free_seats(self) -> int:
        """Seats that may be given away. One is kept for an owner who is not on stage: they can always return."""
        kept = 0 if self.seat(self.owner) else 1
        return max(0, self.seats - len(self.stage) - kept)

    def hosts(self) -> Iterator[PersonId]:
        """The host, then the co-hosts in the order of succession."""
        yield self.host
        yield from self.cohosts


def with_seat(space: Space, person: PersonId, **changes: object) -> Space:
    """The person's seat, with other values of its fields."""
    stage = tuple(replace(seat, **changes) if seat.person == person else seat for seat in space.stage)  # type: ignore[arg-type]  # the fields of Seat
    return replace(space, stage=stage)


def with_microphone(space: Space, person: PersonId, microphone: Microphone) -> Space:
    return with_seat(space, person, microphone=microphone)


def with_absence(space: Space, person: PersonId, at: datetime | None) -> Space:
    """Since when the person has been away; None: they are here."""
    requests = tuple(
        replace(request, away_since=at) if request.person == person else request for request in space.requests
    )
    return replace(with_seat(space, person, away_since=at), requests=requests)


def off_stage(space: Space, person: PersonId) -> Space:
    """Also no longer co-host. A host's mute is remembered."""
    seat = space.seat(person)
    held = space.held | {person} if seat is not None and seat.microphone == "held" else space.held
    stage = tuple(seat for seat in space.stage if seat.person != person)
    return replace(without_cohost(space, person), stage=stage, held=held, voices=space.voices - {person})


def without_cohost(space: Space, person: PersonId) -> Space:
    return replace(space, cohosts=tuple(cohost for cohost in space.cohosts if cohost != person))


def without_request(space: Space, person: PersonId) -> Space:
    return replace(space, requests=tuple(request for request in space.requests if request.person != person))


def without_invitation(space: Space, person: PersonId) -> Space:
    others = tuple(invitation for invitation in space.invitations if invitation.person != person)
    return replace(space, invitations=others)


def without_wishes(space: Space, person: PersonId) -> Space:
    """Without request and invitation."""
    return without_invitation(without_request(space, person), person)

"""What can happen in a Space. An event says what changed and how; whether it may happen is the business of `rules`."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Protocol

from cooee.people.ids import PersonId
from cooee.spaces.state import (
    Ending,
    EndReason,
    Invitation,
    Microphone,
    Policy,
    Request,
    Seat,
    Space,
    off_stage,
    with_microphone,
    without_cohost,
    without_invitation,
    without_request,
    without_wishes,
)

Why = Literal["stepped_down", "moved", "left", "gone"]


class Event(Protocol):
    def apply(self, space: Space) -> Space:
        """The Space after it happened; the version is `evolve`'s."""
        ...


def evolve(space: Space, events: Iterable[Event]) -> Space:
    """The Space after one change, which may consist of several events. No events, no change."""
    after = space
    for event in events:
        after = event.apply(after)
    return space if after is space else replace(after, version=space.version + 1)


@dataclass(frozen=True, slots=True)
class Seated:
    """A person is on stage, muted; their request and invitation are settled. They count as away until seen.

    `held`: a host's mute holds from before.
    """

    person: PersonId
    csrc: int
    at: datetime
    held: bool = False

    def apply(self, space: Space) -> Space:
        microphone: Microphone = "held" if self.held else "muted"
        seat = Seat(person=self.person, csrc=self.csrc, microphone=microphone, away_since=self.at)
        after = without_wishes(space, self.person)
        return replace(after, stage=(*space.stage, seat), held=space.held - {self.person})


@dataclass(frozen=True, slots=True)
class Unseated:
    person: PersonId
    why: Why

    def apply(self, space: Space) -> Space:
        return off_stage(space, self.person)


@dataclass(frozen=True, slots=True)
class Requested:
    """A new request stands at the end of the queue; a repeated one keeps its place and gets the new question."""

    person: PersonId
    question: str | None
    at: datetime

    def apply(self, space: Space) -> Space:
        if space.request(self.person) is None:
            request = Request(self.person, self.question, self.at)
            return replace(space, requests=(*space.requests, request))
        requests = tuple(
            replace(request, question=self.question) if request.person == self.person else request
            for request in space.requests
        )
        return replace(space, requests=requests)


@dataclass(frozen=True, slots=True)
class RequestWithdrawn:
    person: PersonId

    def apply(self, space: Space) -> Space:
        return without_request(space, self.person)


@dataclass(frozen=True, slots=True)
class RequestDeclined:
    person: PersonId

    def apply(self, space: Space) -> Space:
        return without_request(space, self.person)


@dataclass(frozen=True, slots=True)
class Invited:
    """A seat is offered. Into an invited Space, the invitation also admits, for good."""

    person: PersonId
    cohost: bool

    def apply(self, space: Space) -> Space:
        others = tuple(invitation for invitation in space.invitations if invitation.person != self.person)
        admitted = space.admitted | {self.person} if space.audience == "invited" else space.admitted
        return replace(space, invitations=(*others, Invitation(self.person, self.cohost)), admitted=admitted)


@dataclass(frozen=True, slots=True)
class Admitted:
    """The person may come into a room that is closed to others, for good."""

    person: PersonId

    def apply(self, space: Space) -> Space:
        return replace(space, admitted=space.admitted | {self.person})


@dataclass(frozen=True, slots=True)
class ModeratorLetIn:
    """A moderator of the site may come in, whatever the hosts decided."""

    person: PersonId

    def apply(self, space: Space) -> Space:
        let_in = space.moderators | {self.person}
        return replace(space, moderators=let_in, banned=space.banned - {self.person})


@dataclass(frozen=True, slots=True)
class ModeratorLetOut:
    """The person moderates no longer: what hosts decide counts for them as for everybody."""

    person: PersonId

    def apply(self, space: Space) -> Space:
        return replace(space, moderators=space.moderators - {self.person})


@dataclass(frozen=True, slots=True)
class InvitationWithdrawn:
    person: PersonId

    def apply(self, space: Space) -> Space:
        return without_invitation(space, self.person)


@dataclass(frozen=True, slots=True)
class InvitationDeclined:
    person: PersonId

    def apply(self, space: Space) -> Space:
        return without_invitation(space, self.person)


@dataclass(frozen=True, slots=True)
class MicrophoneOpened:
    """Follows from nothing but the person's own command."""

    person: PersonId

    def apply(self, space: Space) -> Space:
        return with_microphone(space, self.person, "open")


@dataclass(frozen=True, slots=True)
class MicrophoneClosed:
    person: PersonId

    def apply(self, space: Space) -> Space:
        return with_microphone(space, self.person, "muted")


@dataclass(frozen=True, slots=True)
class MutedByHost:
    """Closed, and held closed until a host lifts it."""

    person: PersonId

    def apply(self, space: Space) -> Space:
        return with_microphone(space, self.person, "held")


@dataclass(frozen=True, slots=True)
class AskedToUnmute:
    person: PersonId

    def apply(self, space: Space) -> Space:
        return with_microphone(space, self.person, "asked")


@dataclass(frozen=True, slots=True)
class Removed:
    """The person is out and cannot come back; grants given so far open nothing."""

    person: PersonId

    def apply(self, space: Space) -> Space:
        after = without_wishes(off_stage(space, self.person), self.person)
        return replace(
            after,
            banned=space.banned | {self.person},
            held=space.held - {self.person},
            admitted=space.admitted - {self.person},
            moderators=space.moderators - {self.person},
            access_epoch=space.access_epoch + 1,
        )


@dataclass(frozen=True, slots=True)
class TicketTaken:
    """The person's ticket is none any more: they are out, and come in again with another one."""

    person: PersonId

    def apply(self, space: Space) -> Space:
        after = without_wishes(off_stage(space, self.person), self.person)
        return replace(after, access_epoch=space.access_epoch + 1)


@dataclass(frozen=True, slots=True)
class LetBack:
    """Whoever was removed may come in again."""

    person: PersonId

    def apply(self, space: Space) -> Space:
        return replace(space, banned=space.banned - {self.person})


@dataclass(frozen=True, slots=True)
class CohostNamed:
    person: PersonId

    def apply(self, space: Space) -> Space:
        return replace(space, cohosts=(*space.cohosts, self.person))


@dataclass(frozen=True, slots=True)
class CohostWithdrawn:
    person: PersonId

    def apply(self, space: Space) -> Space:
        return without_cohost(space, self.person)


@dataclass(frozen=True, slots=True)
class HostChanged:
    """Somebody on stage is host from now on. Nobody is above them any more who could lift a mute."""

    person: PersonId

    def apply(self, space: Space) -> Space:
        seat = space.seat(self.person)
        held = seat is not None and seat.microphone == "held"
        after = with_microphone(space, self.person, "muted") if held else space
        return replace(without_cohost(after, self.person), host=self.person, host_away_until=None)


@dataclass(frozen=True, slots=True)
class OwnerChanged:
    """The host's role is somebody else's for good, and comes back to them whenever they return."""

    person: PersonId

    def apply(self, space: Space) -> Space:
        return replace(space, owner=self.person)


@dataclass(frozen=True, slots=True)
class PolicySet:
    policy: Policy

    def apply(self, space: Space) -> Space:
        return replace(space, policy=self.policy)


@dataclass(frozen=True, slots=True)
class TitleSet:
    title: str

    def apply(self, space: Space) -> Space:
        return replace(space, title=self.title)


@dataclass(frozen=True, slots=True)
class TopicsSet:
    topics: tuple[str, ...]

    def apply(self, space: Space) -> Space:
        return replace(space, topics=self.topics)


@dataclass(frozen=True, slots=True)
class LockSet:
    locked: bool

    def apply(self, space: Space) -> Space:
        return replace(space, locked=self.locked)


@dataclass(frozen=True, slots=True)
class GuestsSet:
    """People without an account may listen, or not any more: then what they were granted opens nothing."""

    guests: bool

    def apply(self, space: Space) -> Space:
        return replace(space, guests=self.guests, access_epoch=space.access_epoch + (not self.guests))


@dataclass(frozen=True, slots=True)
class SlowModeSet:
    """How long people wait from one message to the next; 0 is no longer than anywhere."""

    seconds: int

    def apply(self, space: Space) -> Space:
        return replace(space, slow_mode_s=self.seconds)


@dataclass(frozen=True, slots=True)
class RecordingStarted:
    """What is said from now on is kept. Nobody's microphone is open: opening it is the consent."""

    at: datetime

    def apply(self, space: Space) -> Space:
        return replace(space, recording_since=self.at, recorded=True)


@dataclass(frozen=True, slots=True)
class RecordingStopped:
    """`failed`: nobody wanted it, but the disk."""

    failed: bool = False

    def apply(self, space: Space) -> Space:
        return replace(space, recording_since=None)


@dataclass(frozen=True, slots=True)
class Ended:
    """It is over: nobody is on stage any more, and no wish outlives the room."""

    at: datetime
    reason: EndReason

    def apply(self, space: Space) -> Space:
        return replace(
            space,
            ended=Ending(self.at, self.reason),
            cohosts=(),
            stage=(),
            requests=(),
            invitations=(),
            moderators=frozenset(),
            held=frozenset(),
            host_away_until=None,
            recording_since=None,
        )

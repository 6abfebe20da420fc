"""Microphones. They are opened by their owners and by nobody and nothing else."""

from dataclasses import dataclass
from datetime import datetime

from cooee.people.ids import PersonId
from cooee.spaces.errors import MutedByAHost, NotOnStage, NotYourself
from cooee.spaces.events import AskedToUnmute, MicrophoneClosed, MicrophoneOpened, MutedByHost
from cooee.spaces.rules import Events
from cooee.spaces.rules.authority import as_hosts, included, over, own_seat, seat_of, seated
from cooee.spaces.state import Space


@dataclass(frozen=True, slots=True)
class SetMicrophone:
    """One's own microphone. A host's mute holds against opening it."""

    muted: bool

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        microphone = own_seat(space, actor).microphone
        if self.muted:
            return () if microphone in ("muted", "held") else (MicrophoneClosed(actor),)
        if microphone == "held":
            raise MutedByAHost
        return () if microphone == "open" else (MicrophoneOpened(actor),)


@dataclass(frozen=True, slots=True)
class BeginToSpeak:
    """A new speak session of one's own: it begins muted, and a held microphone stays held. A program's is left alone.

    Whom the policy includes is seated by it; `followed`: the host follows the actor.
    """

    followed: bool = False

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        seat = space.seat(actor)
        if seat is not None:
            return (MicrophoneClosed(actor),) if seat.microphone == "open" and not seat.stream else ()
        if not included(space, actor, followed=self.followed):
            raise NotOnStage
        return (seated(space, actor, now),)


@dataclass(frozen=True, slots=True)
class Mute:
    """Closes somebody's microphone and holds it closed, whether it was open or not."""

    person: PersonId

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        over(space, actor, self.person)
        return () if seat_of(space, self.person).microphone == "held" else (MutedByHost(self.person),)


@dataclass(frozen=True, slots=True)
class MuteAll:
    """Mutes all speakers; hosts and co-hosts keep their microphones."""

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        as_hosts(space, actor)
        return tuple(
            MutedByHost(seat.person)
            for seat in space.stage
            if space.role(seat.person) == "speaker" and seat.microphone != "held"
        )


@dataclass(frozen=True, slots=True)
class AskToUnmute:
    """Lifts a host's hold and asks; opening is left to the person. A hold is lifted by whoever could have set it."""

    person: PersonId

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        as_hosts(space, actor)
        if self.person == actor:
            raise NotYourself
        microphone = seat_of(space, self.person).microphone
        if microphone == "held":
            over(space, actor, self.person)
        return () if microphone in ("open", "asked") else (AskedToUnmute(self.person),)

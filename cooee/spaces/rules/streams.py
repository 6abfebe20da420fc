"""Programs that speak for somebody on stage, by a key. A machine opens no microphone: not by coming, nor by going.

While a program is connected, the person's microphone is the program's: their own tap opens it, and a host's mute holds
it. It begins muted, as it does on any change of device, and so does the browser's when the program is gone.
"""

from dataclasses import dataclass
from datetime import datetime

from cooee.people.ids import PersonId
from cooee.spaces.events import MicrophoneClosed
from cooee.spaces.observed import StreamCame, StreamGone
from cooee.spaces.rules import Events
from cooee.spaces.rules.authority import own_seat
from cooee.spaces.state import Seat, Space


@dataclass(frozen=True, slots=True)
class MakeStreamKey:
    """A key of one's own: for people on stage."""

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        own_seat(space, actor)
        return ()


@dataclass(frozen=True, slots=True)
class BeginToStream:
    """A program comes with the actor's key. It seats nobody: the person takes a seat themselves."""

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        return () if own_seat(space, actor).stream is not None else (StreamCame(actor, ""),)


@dataclass(frozen=True, slots=True)
class StopStream:
    """The key is good no longer, and neither is what it opened."""

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        seat = space.seat(actor)
        return () if seat is None else cut(seat)


@dataclass(frozen=True, slots=True)
class StreamConnected:
    """The program is there: whatever was open is closed until the person's tap."""

    person: PersonId
    session: str

    def conclude(self, space: Space, now: datetime) -> Events:
        seat = space.seat(self.person)
        if seat is None or seat.stream in (None, self.session):
            return ()
        return (*_closed(seat), StreamCame(self.person, self.session))


@dataclass(frozen=True, slots=True)
class StreamClosed:
    """The program is gone. One that was replaced has nothing to say any more."""

    person: PersonId
    session: str

    def conclude(self, space: Space, now: datetime) -> Events:
        seat = space.seat(self.person)
        return () if seat is None or seat.stream not in ("", self.session) else cut(seat)


def cut(seat: Seat) -> Events:
    """What follows when no program speaks for a person any more."""
    if seat.stream is None:
        return ()
    return (*(_closed(seat) if seat.stream else ()), StreamGone(seat.person))


def _closed(seat: Seat) -> Events:
    return (MicrophoneClosed(seat.person),) if seat.microphone == "open" else ()

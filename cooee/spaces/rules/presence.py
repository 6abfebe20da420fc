"""What follows from who is there: succession, empty seats, and the end of a Space without a host.

No time is kept while the server is down: after a start, everyone counts as away from that moment (`ServerStarted`).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cooee.people.ids import PersonId
from cooee.spaces.events import Ended, Event, HostChanged, MicrophoneClosed, RequestWithdrawn, Unseated
from cooee.spaces.observed import Came, Connected, Disconnected, HostAway, HostBack, VoiceGiven, Went
from cooee.spaces.rules import Events
from cooee.spaces.rules.streams import cut
from cooee.spaces.state import Request, Seat, Space

GONE_AFTER = timedelta(seconds=30)
"""Longer than a tunnel or a restart of the browser, shorter than a pause that people sit through."""

HOST_GONE_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Present:
    """Who is in the room, by any connection. Only those on stage and in the queue matter."""

    people: frozenset[PersonId]

    def conclude(self, space: Space, now: datetime) -> Events:
        events: list[Event] = []
        watched: tuple[Seat | Request, ...] = (*space.stage, *space.requests)
        for wish in watched:
            here = wish.person in self.people or wish.person in space.voices
            if here and wish.away_since is not None:
                events.append(Came(wish.person))
            if not here and wish.away_since is None:
                events.append(Went(wish.person, now))
        if space.host_away_until is not None and Came(space.host) in events:
            events.append(HostBack())
        return tuple(events)


@dataclass(frozen=True, slots=True)
class SpeakConnected:
    """A session that takes over from another one begins muted, whatever was done while both were there."""

    person: PersonId
    session: str

    def conclude(self, space: Space, now: datetime) -> Events:
        seat = space.seat(self.person)
        if seat is None or seat.session == self.session:
            return ()
        taken_over = seat.session is not None and seat.microphone == "open" and not seat.stream
        closed: Events = (MicrophoneClosed(self.person),) if taken_over else ()
        return (*closed, Connected(self.person, self.session))


@dataclass(frozen=True, slots=True)
class SpeakClosed:
    """A lost speak session mutes; one that was replaced has nothing to say any more."""

    person: PersonId
    session: str

    def conclude(self, space: Space, now: datetime) -> Events:
        seat = space.seat(self.person)
        return () if seat is None or seat.session != self.session else _cut_off(seat)


@dataclass(frozen=True, slots=True)
class ServerStarted:
    """Every connection is gone, everyone is muted, and absence counts from now. The demo's voices go on."""

    def conclude(self, space: Space, now: datetime) -> Events:
        events: list[Event] = []
        for seat in space.stage:
            if seat.person not in space.voices:
                events += (*cut(seat), *_cut_off(replace(seat, stream=None)), Went(seat.person, now))
        events += (Went(request.person, now) for request in space.requests)
        return tuple(events)


@dataclass(frozen=True, slots=True)
class VoiceAdded:
    """Somebody on stage is spoken by a recording from now on."""

    person: PersonId

    def conclude(self, space: Space, now: datetime) -> Events:
        seat = space.seat(self.person)
        if seat is None or self.person in space.voices:
            return ()
        came: Events = (Came(self.person),) if seat.away_since else ()
        return (VoiceGiven(self.person), *came)


@dataclass(frozen=True, slots=True)
class TimePassed:
    def conclude(self, space: Space, now: datetime) -> Events:
        host = _succession(space, now)
        if any(isinstance(event, Ended) for event in host):
            return host
        seats = (
            Unseated(seat.person, "gone")
            for seat in space.stage
            if seat.person != space.host and _gone(seat.away_since, now)
        )
        requests = (RequestWithdrawn(request.person) for request in space.requests if _gone(request.away_since, now))
        return (*host, *seats, *requests)


def successor(space: Space) -> PersonId | None:
    """The first co-host who is there."""
    seats = (space.seat(cohost) for cohost in space.cohosts)
    return next((seat.person for seat in seats if seat is not None and seat.away_since is None), None)


def succession(space: Space) -> tuple[PersonId, datetime] | None:
    """Who becomes host, and when, if the host who is away does not come back before."""
    seat, heir = space.seat(space.host), successor(space)
    if space.ended is not None or seat is None or seat.away_since is None or heir is None:
        return None
    return heir, seat.away_since + GONE_AFTER


def _succession(space: Space, now: datetime) -> Events:
    seat = space.seat(space.host)
    assert seat is not None, "the host sits on stage"
    if seat.away_since is None or not _gone(seat.away_since, now):
        return ()
    heir = successor(space)
    if heir is not None:
        return (HostChanged(heir), Unseated(space.host, "gone"))
    ends_at = seat.away_since + HOST_GONE_AFTER
    if now >= ends_at:
        return (Ended(now, "host_gone"),)
    return () if space.host_away_until == ends_at else (HostAway(ends_at),)


def _gone(away_since: datetime | None, now: datetime) -> bool:
    return away_since is not None and now - away_since >= GONE_AFTER


def _cut_off(seat: Seat) -> Events:
    closed: Events = (MicrophoneClosed(seat.person),) if seat.microphone == "open" and not seat.stream else ()
    disconnected: Events = (Disconnected(seat.person),) if seat.session is not None else ()
    return (*closed, *disconnected)

"""Recording: the host switches it on, and whoever opens the microphone from then on agrees to it."""

from dataclasses import dataclass
from datetime import datetime

from cooee.people.ids import PersonId
from cooee.spaces.events import MicrophoneClosed, RecordingStarted, RecordingStopped
from cooee.spaces.rules import Events
from cooee.spaces.rules.authority import as_host
from cooee.spaces.state import Space


@dataclass(frozen=True, slots=True)
class Record:
    """Begins to record, and closes every microphone: what is recorded was opened under REC."""

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        as_host(space, actor)
        if space.recording_since is not None:
            return ()
        closed = (MicrophoneClosed(seat.person) for seat in space.stage if seat.microphone == "open")
        return (*closed, RecordingStarted(now))


@dataclass(frozen=True, slots=True)
class StopRecording:
    """Records no more; microphones stay as they are."""

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        as_host(space, actor)
        return () if space.recording_since is None else (RecordingStopped(),)


@dataclass(frozen=True, slots=True)
class RecordingLost:
    """What began at `since` is recorded no more: the disk takes nothing, or it never began."""

    since: datetime | None = None

    def conclude(self, space: Space, now: datetime) -> Events:
        is_another = self.since is not None and self.since != space.recording_since
        return () if space.recording_since is None or is_another else (RecordingStopped(failed=True),)

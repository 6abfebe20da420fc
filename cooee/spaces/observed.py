"""What is observed to happen in a Space, and nobody commands: who comes and goes, and what carries their voices."""

from dataclasses import dataclass, replace
from datetime import datetime

from cooee.people.ids import PersonId
from cooee.spaces.state import Space, with_absence, with_seat


@dataclass(frozen=True, slots=True)
class HostAway:
    """Nobody can take over: the Space ends at `ends_at` unless the host comes back."""

    ends_at: datetime

    def apply(self, space: Space) -> Space:
        return replace(space, host_away_until=self.ends_at)


@dataclass(frozen=True, slots=True)
class HostBack:
    def apply(self, space: Space) -> Space:
        return replace(space, host_away_until=None)


@dataclass(frozen=True, slots=True)
class Came:
    """Somebody on stage or in the queue is in the room again."""

    person: PersonId

    def apply(self, space: Space) -> Space:
        return with_absence(space, self.person, None)


@dataclass(frozen=True, slots=True)
class Went:
    """Somebody on stage or in the queue is no longer in the room."""

    person: PersonId
    at: datetime

    def apply(self, space: Space) -> Space:
        return with_absence(space, self.person, self.at)


@dataclass(frozen=True, slots=True)
class Connected:
    """A speak session can carry the person's voice."""

    person: PersonId
    session: str

    def apply(self, space: Space) -> Space:
        return with_seat(space, self.person, session=self.session)


@dataclass(frozen=True, slots=True)
class Disconnected:
    person: PersonId

    def apply(self, space: Space) -> Space:
        return with_seat(space, self.person, session=None)


@dataclass(frozen=True, slots=True)
class StreamCame:
    """A program speaks for the person; while it connects, `session` is empty."""

    person: PersonId
    session: str

    def apply(self, space: Space) -> Space:
        return with_seat(space, self.person, stream=self.session)


@dataclass(frozen=True, slots=True)
class StreamGone:
    person: PersonId

    def apply(self, space: Space) -> Space:
        return with_seat(space, self.person, stream=None)


@dataclass(frozen=True, slots=True)
class VoiceGiven:
    """The person on stage is one of the demo's recorded voices."""

    person: PersonId

    def apply(self, space: Space) -> Space:
        return replace(space, voices=space.voices | {self.person})

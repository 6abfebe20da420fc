"""Who is in one room, as this node knows it: those who were let in, and those whom the engine sees."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator
from datetime import datetime, timedelta

from cooee.people.ids import PersonId
from cooee.spaces.state import Space

GUEST = "g"
"""A guest's participant id begins with this, and nobody else's does: people's ids are decimal."""

STREAM = "s"
"""A program that speaks for somebody: this, and the person's id."""

# As long as the grants that were given along.
_LET_IN = timedelta(seconds=60)
_MOST_SHOWN = 50


class Crowd:
    """The participants of one Space, in the order in which they came."""

    def __init__(self) -> None:
        self._present: dict[str, None] = {}
        # Whom a program speaks for.
        self._streaming: dict[PersonId, None] = {}
        self._let_in: dict[str, datetime] = {}
        self._guests: dict[str, str] = {}
        self._addresses: Counter[str] = Counter()
        # The sessions of sound of those who have an account, each with the device that opened it.
        self._open: dict[str, tuple[tuple[str, str], ...]] = {}
        # Put out, and the engine has not said yet that they left.
        self._put_out: set[str] = set()

    def __contains__(self, participant: object) -> bool:
        """Whether they are in the room or at its door."""
        return participant in self._present or participant in self._let_in

    def let_in(self, participant: str, address: str, now: datetime) -> None:
        """Somebody got a door; they have a minute to go through it."""
        self._let_in[participant] = now
        if participant in self._put_out:
            # They are back before the engine missed them: it will say that they left, or nothing at all.
            self._put_out.discard(participant)
            self._present[participant] = None
        if is_guest(participant):
            self._guests[participant] = address
            self._addresses[address] += 1

    def move(self, joined: Iterable[str], left: Iterable[str]) -> None:
        """The engine saw them come and go."""
        joined, left = list(joined), list(left)
        self._streaming |= {person: None for person in map(streamed, joined) if person}
        for person in map(streamed, left):
            self._streaming.pop(person or PersonId(""), None)
        joined = [participant for participant in joined if not streamed(participant)]
        for participant in joined:
            self._present[participant] = None
            self._let_in.pop(participant, None)
        for participant in left:
            self._put_out.discard(participant)
            self._present.pop(participant, None)
            if participant not in self._let_in:
                self._forget_guest(participant)

    def put_out(self, participant: str) -> None:
        """They are gone, whatever the engine still says."""
        self._let_in.pop(participant, None)
        seen = participant in self._present
        self.move((), (participant,))
        if seen:
            self._put_out.add(participant)

    def expire(self, now: datetime) -> list[str]:
        """Forgets those who did not come through the door in time, and says who they are."""
        late = [participant for participant, at in self._let_in.items() if now - at > _LET_IN]
        for participant in late:
            del self._let_in[participant]
            if participant not in self._present:
                self._forget_guest(participant)
        return [participant for participant in late if participant not in self._present]

    def opened(self, participant: str, session: str, device: str) -> None:
        """Somebody opened a session of sound."""
        if not is_guest(participant):
            self._open[participant] = (*self._open.get(participant, ()), (session, device))

    def closed(self, participant: str, session: str) -> None:
        """A session of sound is over."""
        left = tuple(one for one in self._open.pop(participant, ()) if one[0] != session)
        if left:
            self._open[participant] = left

    def opened_elsewhere(self, person: PersonId, devices: Container[str]) -> list[str]:
        """The sessions of sound that somebody opened with none of these devices."""
        return [session for session, device in self._open.get(person, ()) if device not in devices]

    def guests(self) -> list[str]:
        """Those without an account, in the room and at its door."""
        return list(self._guests)

    def guests_from(self, address: str) -> int:
        """How many guests are here from this address."""
        return self._addresses[address]

    def people(self) -> frozenset[PersonId]:
        """Those present who have an account, by themselves or by a program that speaks for them."""
        here = frozenset(PersonId(participant) for participant in self._present if not is_guest(participant))
        return here | self._streaming.keys()

    def inside(self) -> frozenset[PersonId]:
        """Those with an account who are present, or on their way through the door."""
        return self.people() | {PersonId(participant) for participant in self._let_in if not is_guest(participant)}

    def listeners(self, space: Space) -> int:
        """How many are present and not on stage, guests included."""
        return len(self._present) - sum(seat.person in self._present for seat in space.stage)

    def shown(self, space: Space) -> list[PersonId]:
        """Some of those who listen and have an account, first come first."""
        return [person for person, _ in zip(self._listening(space), range(_MOST_SHOWN), strict=False)]

    def _forget_guest(self, participant: str) -> None:
        address = self._guests.pop(participant, None)
        if address is not None:
            self._addresses[address] -= 1
            if self._addresses[address] == 0:
                del self._addresses[address]

    def _listening(self, space: Space) -> Iterator[PersonId]:
        on_stage = {seat.person for seat in space.stage}
        for participant in self._present:
            person = PersonId(participant)
            if not is_guest(participant) and person not in on_stage:
                yield person


def is_guest(participant: str) -> bool:
    """Whether this participant has no account."""
    return participant.startswith(GUEST)


def stream_of(person: PersonId) -> str:
    """The participant that is a program speaking for this person."""
    return STREAM + person


def streamed(participant: str) -> PersonId | None:
    """For whom this participant speaks, if it is a program."""
    return PersonId(participant.removeprefix(STREAM)) if participant.startswith(STREAM) else None

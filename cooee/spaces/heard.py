"""How the sound of a Space came through to each who was there: the engine's figures, nothing of what was said."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from typing import Any, Literal, Self

from sqlalchemy import Connection, Row, case, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from cooee.media.engine import ListenClosed, SpeakClosed
from cooee.people.ids import PersonId
from cooee.people.tables import people
from cooee.spaces.state import SpaceId
from cooee.spaces.tables import sound, spaces

Door = Literal["listen", "speak"]
_BROKE = ("timeout", "failed")


@dataclass(frozen=True, slots=True)
class Sound:
    """The sound of one session, or of several by the same door."""

    door: Door
    sessions: int
    failed: int
    """Those that were never connected, and those that broke."""
    lasted_ms: int
    packets: int
    lost: int
    repaired: int
    worst_loss_per_mille: int
    worst_jitter_ms: int

    @classmethod
    def of(cls, door: Door, closed: SpeakClosed | ListenClosed) -> Self:
        """Of a session that ended."""
        told = closed.figures
        return cls(
            door=door,
            sessions=1,
            failed=int(not told.connected or closed.reason in _BROKE),
            lasted_ms=told.lasted_ms,
            packets=told.packets,
            lost=told.lost,
            repaired=told.repaired,
            worst_loss_per_mille=told.worst_loss_per_mille,
            worst_jitter_ms=told.worst_jitter_ms,
        )

    def __add__(self, other: "Sound") -> "Sound":
        """Both together: sums, and the worse of what was worst."""
        assert self.door == other.door
        sums = {name: getattr(self, name) + getattr(other, name) for name in _SUMS}
        worst = {name: max(getattr(self, name), getattr(other, name)) for name in _WORST}
        return Sound(self.door, **sums, **worst)


_WORST = ("worst_loss_per_mille", "worst_jitter_ms")
_SUMS = tuple(field.name for field in fields(Sound) if field.name not in ("door", *_WORST))


@dataclass(frozen=True, slots=True)
class Heard:
    """What somebody with an account heard, or gave to hear."""

    space: SpaceId
    person: PersonId
    sound: Sound


def note(tx: Connection, heard: Iterable[Heard]) -> None:
    """Adds what was heard to what is known. Of whom or what is gone meanwhile, nothing is kept."""
    summed: dict[tuple[SpaceId, PersonId, Door], Sound] = {}
    for one in heard:
        key = (one.space, one.person, one.sound.door)
        summed[key] = summed[key] + one.sound if key in summed else one.sound
    there = set(tx.execute(select(spaces.c.id).where(spaces.c.id.in_({space for space, _, _ in summed}))).scalars())
    known = set(tx.execute(select(people.c.id).where(people.c.id.in_({person for _, person, _ in summed}))).scalars())
    rows = [
        {"space_id": space, "person_id": person, "door": door} | {name: getattr(one, name) for name in _SUMS + _WORST}
        for (space, person, door), one in sorted(summed.items(), key=lambda item: item[0])
        if space in there and person in known
    ]
    if not rows:
        return
    insertion = (sqlite if tx.dialect.name == "sqlite" else postgresql).insert(sound)
    new = insertion.excluded
    after: dict[str, Any] = {name: sound.c[name] + new[name] for name in _SUMS}
    after |= {name: case((new[name] > sound.c[name], new[name]), else_=sound.c[name]) for name in _WORST}
    tx.execute(insertion.on_conflict_do_update(index_elements=["space_id", "person_id", "door"], set_=after), rows)


def by(tx: Connection, pairs: Collection[tuple[SpaceId, PersonId]]) -> dict[tuple[SpaceId, PersonId], list[Sound]]:
    """What each of these people heard in that Space, by door."""
    query = select(sound).where(tuple_(sound.c.space_id, sound.c.person_id).in_(list(pairs))).order_by(sound.c.door)
    found: dict[tuple[SpaceId, PersonId], list[Sound]] = {}
    for row in tx.execute(query):
        found.setdefault((SpaceId(row.space_id), PersonId(row.person_id)), []).append(_sound(row))
    return found


def _sound(row: Row[Any]) -> Sound:
    return Sound(row.door, **{name: getattr(row, name) for name in _SUMS + _WORST})

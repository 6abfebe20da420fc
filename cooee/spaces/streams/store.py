"""Reading and writing stream keys: one for each person and Space."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from cooee.people.ids import PersonId
from cooee.spaces.state import SpaceId
from cooee.spaces.tables import stream_keys


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a key; not the key."""

    made_at: datetime
    used_at: datetime | None


def put(tx: Connection, space: SpaceId, person: PersonId, key_hash: bytes, now: datetime) -> None:
    """A key in place of any other of this person for this Space."""
    drop(tx, space, person)
    values = {"space_id": space, "person_id": person, "key_hash": key_hash, "made_at": now}
    tx.execute(insert(stream_keys).values(values))


def drop(tx: Connection, space: SpaceId, person: PersonId) -> None:
    """Has somebody no key for this Space."""
    tx.execute(delete(stream_keys).where(stream_keys.c.space_id == space, stream_keys.c.person_id == person))


def kept(tx: Connection, space: SpaceId, person: PersonId) -> Kept | None:
    """What is known of somebody's key."""
    query = select(stream_keys).where(stream_keys.c.space_id == space, stream_keys.c.person_id == person)
    row = tx.execute(query).one_or_none()
    return None if row is None else Kept(row.made_at, row.used_at)


def use(tx: Connection, space: SpaceId, key_hash: bytes, now: datetime) -> PersonId | None:
    """Whose key it is, if it is one of this Space; that it was used is noted."""
    mine = update(stream_keys).where(stream_keys.c.space_id == space, stream_keys.c.key_hash == key_hash)
    person = tx.execute(mine.values(used_at=now).returning(stream_keys.c.person_id)).scalar_one_or_none()
    return None if person is None else PersonId(person)


def wipe(tx: Connection, space: SpaceId) -> None:
    """No key opens anything in this Space any more."""
    tx.execute(delete(stream_keys).where(stream_keys.c.space_id == space))

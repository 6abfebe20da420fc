"""Reading and writing the messages of rooms."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from sqlalchemy import ColumnElement, Connection, Row, delete, func, or_, select, update

from cooee.kit.db import insert_new
from cooee.kit.pages import Asking
from cooee.people import relations
from cooee.people.ids import PersonId
from cooee.spaces.state import SpaceId
from cooee.spaces.tables import room_messages

RoomMessageId = NewType("RoomMessageId", str)


@dataclass(frozen=True, slots=True)
class RoomMessage:
    """`to` was the host when it was written, and reads it alone; None is the room. `held`: for hosts and author."""

    id: RoomMessageId
    space: SpaceId
    author: PersonId
    to: PersonId | None
    text: str
    at: datetime
    held: bool


def add(tx: Connection, message: RoomMessage) -> bool:
    """A new message; False if its id is taken."""
    values = {
        "id": message.id,
        "space_id": message.space,
        "author_id": message.author,
        "to_id": message.to,
        "text": message.text,
        "at": message.at,
        "held": message.held,
    }
    return insert_new(tx, room_messages, values)


def one(tx: Connection, space: SpaceId, id: RoomMessageId) -> RoomMessage | None:
    """The message of this Space with this id."""
    query = select(room_messages).where(room_messages.c.space_id == space, room_messages.c.id == id)
    row = tx.execute(query).one_or_none()
    return None if row is None else _message(row)


def by_id(tx: Connection, id: RoomMessageId) -> RoomMessage | None:
    """The message with this id, in whichever room."""
    row = tx.execute(select(room_messages).where(room_messages.c.id == id)).one_or_none()
    return None if row is None else _message(row)


def last_at(tx: Connection, space: SpaceId, author: PersonId) -> datetime | None:
    """When somebody wrote last in this Space."""
    query = select(func.max(room_messages.c.at)).where(
        room_messages.c.space_id == space, room_messages.c.author_id == author
    )
    at: datetime | None = tx.execute(query).scalar_one()
    return at


def page(tx: Connection, space: SpaceId, viewer: PersonId, asking: Asking, *, sees_held: bool) -> list[RoomMessage]:
    """What `viewer` may read, newest first; one more than asked for, if there is one."""
    mine = room_messages.c.author_id == viewer
    query = (
        select(room_messages)
        .where(room_messages.c.space_id == space, _is_for(viewer))
        .where(~relations.hidden_from(viewer, room_messages.c.author_id))
        .order_by(room_messages.c.id.desc())
        .limit(asking.limit + 1)
    )
    if not sees_held:
        query = query.where(or_(~room_messages.c.held, mine))
    if numbers := asking.numbers(1):
        query = query.where(room_messages.c.id < str(numbers[0]))
    return [_message(row) for row in tx.execute(query)]


def remove(tx: Connection, id: RoomMessageId) -> None:
    """Deletes a message."""
    tx.execute(delete(room_messages).where(room_messages.c.id == id))


def release(tx: Connection, id: RoomMessageId) -> None:
    """Shows a held message to the room."""
    tx.execute(update(room_messages).where(room_messages.c.id == id).values(held=False))


def wipe(tx: Connection, space: SpaceId) -> None:
    """Deletes all that was written in a room."""
    tx.execute(delete(room_messages).where(room_messages.c.space_id == space))


def _is_for(viewer: PersonId) -> ColumnElement[bool]:
    return or_(room_messages.c.to_id.is_(None), room_messages.c.to_id == viewer, room_messages.c.author_id == viewer)


def _message(row: Row[tuple[object, ...]]) -> RoomMessage:
    return RoomMessage(
        RoomMessageId(row.id),
        SpaceId(row.space_id),
        PersonId(row.author_id),
        None if row.to_id is None else PersonId(row.to_id),
        row.text,
        row.at,
        row.held,
    )

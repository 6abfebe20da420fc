"""Writing, reading, removing and releasing messages of a room: one unit of work each."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from cooee.kit.pages import Asking, cursor_of, cut
from cooee.kit.word_filter import WordFilter
from cooee.spaces import admission, chronicle, facts, service
from cooee.spaces.errors import RoomMessageNotFound, WordsRefused
from cooee.spaces.house import Actor, House
from cooee.spaces.room_messages import shapes, store
from cooee.spaces.room_messages.store import RoomMessage, RoomMessageId
from cooee.spaces.rules import Command, decide, may_command
from cooee.spaces.rules.messages import ReleaseMessage, RemoveMessage, WriteMessage
from cooee.spaces.state import Space, SpaceId

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Said:
    """A message, as it is and as it is shown, and whose room it is in."""

    message: RoomMessage
    shape: shapes.RoomMessage
    space: Space


def write(
    tx: Connection,
    house: House,
    words: WordFilter,
    actor: Actor,
    id: SpaceId,
    asked: shapes.NewRoomMessage,
    now: datetime,
) -> Said:
    """Writes to the room, or to its host alone.

    Raises:
        WordsRefused, SlowMode, NotYourself, and what every command refuses.
    """
    verdict = words.judge(asked.text)
    if verdict.what == "refused":
        raise WordsRefused
    # One at a time: of two that come at once, the later has to wait as long as any.
    service.for_change(tx, id)
    last_at = store.last_at(tx, id, actor.person)
    space = _allowed(tx, house, actor, id, WriteMessage(asked.to_host, last_at), now)
    to = space.host if asked.to_host else None
    held = verdict.what == "held" and to is None and actor.person not in space.hosts()
    for _ in range(_TRIES):
        message_id = RoomMessageId(house.ids.decimal())
        message = RoomMessage(message_id, id, actor.person, to, verdict.text, now, held)
        if store.add(tx, message):
            return _said(tx, house, message, space)
    raise AssertionError("22 random bits do not collide five times in a row")


def read(tx: Connection, house: House, actor: Actor, id: SpaceId, asking: Asking) -> shapes.RoomMessagePage:
    """What one may read of what was written, newest first; nothing of those one blocked or muted.

    Raises:
        what every command refuses.
    """
    space = service.found(tx, id)
    admission.check_actor(tx, house, space, actor)
    may_command(space, actor.person)
    hosts = actor.person in space.hosts()
    found, last = cut(store.page(tx, id, actor.person, asking, sees_held=hosts), asking.limit)
    cast = service.cast(tx, {message.author for message in found}, house.asks)
    items = [shapes.shown(message, cast[message.author]) for message in found if message.author in cast]
    return shapes.RoomMessagePage(items=items, next=cursor_of(int(last.id)) if last else None)


def remove(tx: Connection, house: House, actor: Actor, id: SpaceId, message_id: RoomMessageId, now: datetime) -> Said:
    """Deletes a message: one's own, or as a host.

    Raises:
        RoomMessageNotFound, HostsOnly, Outranked, and what every command refuses.
    """
    message = _message(tx, house, actor, id, message_id)
    space = _allowed(tx, house, actor, id, RemoveMessage(message.author), now)
    store.remove(tx, message_id)
    if actor.person != message.author:
        chronicle.add(tx, house.ids, id, "message_removed", actor.person, message.author, now)
    return _said(tx, house, message, space)


def release(tx: Connection, house: House, actor: Actor, id: SpaceId, message_id: RoomMessageId, now: datetime) -> Said:
    """Shows a message to the room that the word filter held.

    Raises:
        RoomMessageNotFound, HostsOnly, and what every command refuses.
    """
    space = _allowed(tx, house, actor, id, ReleaseMessage(), now)
    message = _message(tx, house, actor, id, message_id)
    store.release(tx, message_id)
    chronicle.add(tx, house.ids, id, "message_released", actor.person, message.author, now)
    return _said(tx, house, replace(message, held=False), space)


def take_down(tx: Connection, message_id: RoomMessageId, now: datetime) -> None:
    """Deletes a message by the decision of moderators, before the eyes of all who read it."""
    message = store.by_id(tx, message_id)
    if message is not None:
        store.remove(tx, message_id)
        facts.message_gone(tx, message.space, message_id, message.to, now)


def _allowed(tx: Connection, house: House, actor: Actor, id: SpaceId, command: Command, now: datetime) -> Space:
    """The Space, which does not end until this transaction does."""
    space = service.for_change(tx, id)
    admission.check_actor(tx, house, space, actor)
    decide(space, command, actor.person, now)
    return space


def _message(tx: Connection, house: House, actor: Actor, id: SpaceId, message_id: RoomMessageId) -> RoomMessage:
    """A message that the actor knows of."""
    space = service.for_change(tx, id)
    admission.check_actor(tx, house, space, actor)
    may_command(space, actor.person)
    message = store.one(tx, id, message_id)
    if message is None or (message.to not in (None, actor.person) and message.author != actor.person):
        raise RoomMessageNotFound
    if message.held and message.author != actor.person and actor.person not in space.hosts():
        raise RoomMessageNotFound
    return message


def _said(tx: Connection, house: House, message: RoomMessage, space: Space) -> Said:
    cast = service.cast(tx, {message.author}, house.asks)
    return Said(message, shapes.shown(message, cast[message.author]), space)

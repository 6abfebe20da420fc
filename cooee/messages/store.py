"""Reading and writing conversations; messages are in `lines.py`."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select, update

from cooee.kit.db import insert_new
from cooee.kit.pages import Asking, cursor_of, cut
from cooee.messages.ids import NOTHING, ConversationId, MessageId
from cooee.messages.records import Side, State, Writers
from cooee.messages.tables import conversations, message_settings, sides
from cooee.people import relations
from cooee.people import store as people_store
from cooee.people.ids import PersonId


def between(tx: Connection, one: PersonId, other: PersonId) -> ConversationId | None:
    """The conversation of these two, if there is one."""
    low, high = _ordered(one, other)
    query = select(conversations.c.id).where(conversations.c.low_id == low, conversations.c.high_id == high)
    id: ConversationId | None = tx.execute(query).scalar_one_or_none()
    return id


def insert_conversation(tx: Connection, id: ConversationId, one: PersonId, other: PersonId, now: datetime) -> bool:
    """A conversation in which nobody has written; False if the id is taken or these two have one."""
    low, high = _ordered(one, other)
    values = {"id": id, "low_id": low, "high_id": high, "created_at": now, "last_id": NOTHING}
    if not insert_new(tx, conversations, values):
        return False
    for person, partner in ((one, other), (other, one)):
        insert_new(tx, sides, _fresh(id, person, partner))
    return True


def hold(tx: Connection, id: ConversationId) -> MessageId | None:
    """The newest message of a conversation, to which nobody else adds until this transaction ends."""
    # `key_share`: rows that point here may be written meanwhile.
    query = select(conversations.c.last_id).where(conversations.c.id == id).with_for_update(key_share=True)
    last: MessageId | None = tx.execute(query).scalar_one_or_none()
    return last


def set_last(tx: Connection, id: ConversationId, last: MessageId) -> None:
    """The conversation has a newest message."""
    tx.execute(update(conversations).where(conversations.c.id == id).values(last_id=last))


def side(tx: Connection, id: ConversationId, person: PersonId) -> Side | None:
    """The conversation as `person` has it, if they are in it."""
    row = tx.execute(select(sides).where(_of(id, person))).one_or_none()
    return None if row is None else _side(row)


def change_side(tx: Connection, id: ConversationId, person: PersonId, **values: Any) -> None:
    """Sets columns of one side."""
    tx.execute(update(sides).where(_of(id, person)).values(values))


def page(tx: Connection, person: PersonId, state: State, page: Asking) -> tuple[list[Side], str | None]:
    """The conversations that are this to `person`, newest message first, and the next page's cursor."""
    listed = select(sides).where(sides.c.person_id == person, sides.c.state == state, sides.c.last_id.is_not(None))
    if state == "request":
        listed = listed.where(_answerable(person))
    if (after := page.numbers(1)) is not None:
        listed = listed.where(sides.c.last_id < str(after[0]))
    query = listed.order_by(sides.c.last_id.desc()).limit(page.limit + 1)
    shown, last = cut([_side(row) for row in tx.execute(query)], page.limit)
    return list(shown), None if last is None or last.last is None else cursor_of(int(last.last))


def count_unread(tx: Connection, person: PersonId) -> int:
    """How many conversations have something that `person` has not read."""
    unread = and_(sides.c.state == "open", sides.c.heard_id > sides.c.read_id)
    return _count(tx, sides.c.person_id == person, unread, ~relations.apart_from(person, sides.c.other_id))


def count_requests(tx: Connection, person: PersonId) -> int:
    """How many strangers wait for an answer of `person`."""
    waiting = and_(sides.c.state == "request", sides.c.last_id.is_not(None))
    return _count(tx, sides.c.person_id == person, waiting, _answerable(person))


def asked_since(tx: Connection, writer: PersonId, since: datetime) -> list[datetime]:
    """When `writer` wrote to strangers since then. Until the transaction ends, nobody else asks this of `writer`."""
    people_store.take_turn(tx, writer)
    query = select(sides.c.asked_at).where(sides.c.other_id == writer, sides.c.asked_at > since)
    return [row.asked_at for row in tx.execute(query)]


def writers(tx: Connection, person: PersonId) -> Writers:
    """Who may begin to write to `person`."""
    query = select(message_settings.c.writers).where(message_settings.c.person_id == person)
    found: Writers | None = tx.execute(query).scalar_one_or_none()
    return found or "everyone"


def set_writers(tx: Connection, person: PersonId, writers: Writers) -> None:
    """Whom `person` lets begin to write to them."""
    values = {"person_id": person, "writers": writers}
    if not insert_new(tx, message_settings, values):
        tx.execute(update(message_settings).where(message_settings.c.person_id == person).values(writers=writers))


def _answerable(person: PersonId) -> ColumnElement[bool]:
    return and_(relations.present(sides.c.other_id), ~relations.apart_from(person, sides.c.other_id))


def _count(tx: Connection, *where: ColumnElement[bool]) -> int:
    return tx.execute(select(func.count()).select_from(sides).where(*where)).scalar_one()


def _of(id: ConversationId, person: PersonId) -> ColumnElement[bool]:
    return and_(sides.c.conversation_id == id, sides.c.person_id == person)


def _ordered(one: PersonId, other: PersonId) -> tuple[PersonId, PersonId]:
    return (one, other) if int(one) < int(other) else (other, one)


def _fresh(id: ConversationId, person: PersonId, other: PersonId) -> dict[str, Any]:
    return {
        "conversation_id": id,
        "person_id": person,
        "other_id": other,
        "state": "new",
        "asked_at": None,
        "last_id": None,
        "heard_id": NOTHING,
        "read_id": NOTHING,
        "cleared_id": NOTHING,
    }


def _side(row: Row[Any]) -> Side:
    return Side(
        conversation=row.conversation_id,
        person=row.person_id,
        other=row.other_id,
        state=row.state,
        last=row.last_id,
        heard=row.heard_id,
        read=row.read_id,
        cleared=row.cleared_id,
    )

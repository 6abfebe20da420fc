"""Reading and writing messages."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select, update

from cooee.kit.db import insert_new
from cooee.kit.pages import Asking, cursor_of, cut
from cooee.messages.ids import NOTHING, ConversationId, MessageId
from cooee.messages.records import MessageRecord, Side
from cooee.messages.tables import messages
from cooee.people.cards import Attachment
from cooee.people.ids import PersonId


def insert_message(tx: Connection, message: MessageRecord) -> bool:
    """False if the id is taken."""
    values = {
        "id": message.id,
        "conversation_id": message.conversation,
        "sender_id": message.sender,
        "text": message.text,
        "created_at": message.created_at,
        "attachment_kind": message.attachment and message.attachment.kind,
        "attachment_id": message.attachment and message.attachment.id,
        "deleted": message.deleted,
    }
    return insert_new(tx, messages, values)


def message(tx: Connection, id: MessageId) -> MessageRecord | None:
    """The message with this id."""
    row = tx.execute(select(messages).where(messages.c.id == id)).one_or_none()
    return None if row is None else _record(row)


def by_ids(tx: Connection, ids: Collection[MessageId]) -> dict[MessageId, MessageRecord]:
    """Those of `ids` that exist."""
    rows = tx.execute(select(messages).where(messages.c.id.in_(set(ids)))).all() if ids else []
    return {row.id: _record(row) for row in rows}


def page(tx: Connection, side: Side, page: Asking) -> tuple[list[MessageRecord], str | None]:
    """A page of what one of the two sees, newest first, and the cursor of the page before it in time."""
    query = select(messages).where(messages.c.conversation_id == side.conversation, messages.c.id > side.cleared)
    if (after := page.numbers(1)) is not None:
        query = query.where(messages.c.id < str(after[0]))
    rows = tx.execute(query.order_by(messages.c.id.desc()).limit(page.limit + 1)).all()
    shown, last = cut([_record(row) for row in rows], page.limit)
    return list(shown), None if last is None else cursor_of(int(last.id))


def unread(tx: Connection, shown: Collection[Side]) -> dict[ConversationId, int]:
    """How many messages of the other's are unread, in those conversations that have any."""
    behind = [side for side in shown if int(side.heard) > int(side.read)]
    if not behind:
        return {}
    theirs = or_(
        *(
            and_(
                messages.c.conversation_id == side.conversation,
                messages.c.id > max(side.read, side.cleared, key=int),
                messages.c.sender_id == side.other,
            )
            for side in behind
        )
    )
    query = select(messages.c.conversation_id, func.count().label("many")).where(theirs, ~messages.c.deleted)
    return {row.conversation_id: row.many for row in tx.execute(query.group_by(messages.c.conversation_id))}


def newest_of(tx: Connection, conversation: ConversationId, sender: PersonId) -> MessageId:
    """The newest message of `sender` that was not deleted."""
    query = select(func.max(messages.c.id)).where(
        messages.c.conversation_id == conversation, messages.c.sender_id == sender, ~messages.c.deleted
    )
    newest: MessageId | None = tx.execute(query).scalar_one()
    return newest or NOTHING


def erase(tx: Connection, id: MessageId) -> None:
    """Leaves nothing of a message but that there was one."""
    gone = {"text": "", "attachment_kind": None, "attachment_id": None, "deleted": True}
    tx.execute(update(messages).where(messages.c.id == id).values(gone))


def _record(row: Row[Any]) -> MessageRecord:
    attachment = Attachment(row.attachment_kind, row.attachment_id) if row.attachment_kind else None
    return MessageRecord(
        row.id, row.conversation_id, row.sender_id, row.text, row.created_at, attachment, bool(row.deleted)
    )

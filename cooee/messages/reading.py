"""What one sees of one's conversations."""

from collections.abc import Collection, Sequence
from typing import Literal

from sqlalchemy import Connection

from cooee.kit.pages import Asking
from cooee.messages import lines, rules, store
from cooee.messages.errors import MessageNotFound
from cooee.messages.ids import ConversationId, MessageId
from cooee.messages.records import MessageRecord
from cooee.messages.service import recipient, side_of
from cooee.messages.shapes import Conversation, ConversationLine, ConversationList, Message, MessagePage, Unread
from cooee.people import service as people
from cooee.people import store as people_store
from cooee.people.cards import Attachments
from cooee.people.ids import PersonId
from cooee.people.questions import Questions
from cooee.people.shapes import Person


def conversations(
    tx: Connection,
    me: PersonId,
    state: Literal["open", "request"],
    page: Asking,
    people_asks: Questions,
    asks: Attachments,
) -> ConversationList:
    """A page of one's conversations, or of the requests of strangers."""
    shown, cursor = store.page(tx, me, state, page)
    faces = _persons(tx, me, {side.other for side in shown}, people_asks)
    unread = lines.unread(tx, shown)
    newest = lines.by_ids(tx, {side.last for side in shown if side.last})
    last = {message.id: message for message in _shaped(tx, list(newest.values()), me, asks)}
    items = [
        ConversationLine(
            id=side.conversation,
            person=faces.get(side.other),
            unread=unread.get(side.conversation, 0),
            last=last[side.last],
        )
        for side in shown
        if side.last in last
    ]
    return ConversationList(items=items, next=cursor)


def conversation(tx: Connection, me: PersonId, id: ConversationId, people_asks: Questions) -> Conversation:
    """One conversation.

    Raises:
        ConversationNotFound
    """
    side = side_of(tx, id, me)
    to = recipient(tx, side)
    return Conversation(
        id=id,
        person=_persons(tx, me, {side.other}, people_asks).get(side.other),
        stands=rules.stands(side.state, to),
        read_up_to=side.read,
    )


def messages(tx: Connection, me: PersonId, id: ConversationId, page: Asking, asks: Attachments) -> MessagePage:
    """A page of what was said, newest first.

    Raises:
        ConversationNotFound
    """
    shown, cursor = lines.page(tx, side_of(tx, id, me), page)
    return MessagePage(items=_shaped(tx, shown, me, asks), next=cursor)


def one_message(tx: Connection, me: PersonId, id: MessageId, asks: Attachments) -> Message:
    """One message that is known to be in a conversation of one's own.

    Raises:
        MessageNotFound: it was erased meanwhile.
    """
    found = lines.message(tx, id)
    if found is None:
        raise MessageNotFound
    return _shaped(tx, [found], me, asks)[0]


def unread(tx: Connection, me: PersonId) -> Unread:
    """What waits to be read."""
    return Unread(conversations=store.count_unread(tx, me), requests=store.count_requests(tx, me))


def _persons(tx: Connection, me: PersonId, ids: Collection[PersonId], asks: Questions) -> dict[PersonId, Person]:
    """Those who still have an account, as `me` may see them."""
    there = [record for record in people_store.persons(tx, ids).values() if record.deleting_at is None]
    return {PersonId(person.id): person for person in people.shaped(tx, there, asks, me)}


def _shaped(tx: Connection, records: Sequence[MessageRecord], me: PersonId, asks: Attachments) -> list[Message]:
    attached = {record.attachment for record in records if record.attachment}
    cards = asks(tx, attached, me) if attached else {}
    return [
        Message(
            id=record.id,
            mine=record.sender == me,
            text=record.text,
            created_at=record.created_at,
            deleted=record.deleted,
            attached=record.attachment.kind if record.attachment else None,
            attachment=cards.get(record.attachment) if record.attachment else None,
        )
        for record in records
    ]

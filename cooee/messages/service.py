"""Writing to each other: one unit of work each. What is read of it is in `reading.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from cooee.kit.db import after_commit
from cooee.kit.ids import Ids
from cooee.messages import facts, lines, rules, store
from cooee.messages.errors import (
    CannotMessageYourself,
    ConversationNotFound,
    MessageEmpty,
    MessageNotFound,
    NotYourMessage,
)
from cooee.messages.ids import NOTHING, ConversationId, MessageId
from cooee.messages.records import MessageRecord, Side
from cooee.messages.rules import Newcomers, Recipient
from cooee.people import following, relations
from cooee.people import service as people
from cooee.people.cards import Attachment, Attachments
from cooee.people.errors import AttachmentNotFound, PersonNotFound
from cooee.people.ids import PersonId

_TRIES = 5

Tell = Callable[[PersonId, ConversationId], None]
"""Called after the commit: there is news in this person's conversation."""


@dataclass(frozen=True)
class Post:
    """What carries messages: ids, limits, and those who hear of it."""

    ids: Ids
    newcomers: Newcomers
    attachments: Attachments
    tell: Tell


@dataclass(frozen=True)
class Sent:
    """A message that was sent, and as what it arrived."""

    id: MessageId
    request: bool
    """It waits for an answer."""


@dataclass(frozen=True)
class Draft:
    """A message before it is sent."""

    text: str = ""
    attachment: Attachment | None = None
    told_elsewhere: bool = False
    """Whoever gets it hears of it by another fact: an invitation. Of a stranger's they hear as of every request."""


def begin(tx: Connection, me: PersonId, other: PersonId, ids: Ids, now: datetime) -> ConversationId:
    """The conversation of these two, made if there is none. Nobody hears of an empty one.

    Raises:
        CannotMessageYourself, PersonNotFound
    """
    if me == other:
        raise CannotMessageYourself
    if found := store.between(tx, me, other):
        return found
    people.person_by_id(tx, other)
    if relations.is_gone(tx, other):
        raise PersonNotFound
    for _ in range(_TRIES):
        id = ConversationId(ids.decimal())
        if store.insert_conversation(tx, id, me, other, now):
            return id
        if found := store.between(tx, me, other):
            return found
    raise AssertionError("22 random bits do not collide five times in a row")


def side_of(tx: Connection, id: ConversationId, me: PersonId) -> Side:
    """A conversation as one has it.

    Raises:
        ConversationNotFound
    """
    side = store.side(tx, id, me)
    if side is None:
        raise ConversationNotFound
    return side


def recipient(tx: Connection, mine: Side) -> Recipient:
    """The other, as they stand to the one whose side this is."""
    other = mine.other
    suspended = relations.is_suspended(tx, other)
    return Recipient(
        gone=relations.is_gone(tx, other) and not suspended,
        suspended=suspended,
        apart=relations.blocked_between(tx, mine.person, other),
        follows=following.is_following(tx, other, mine.person),
        takes=store.writers(tx, other),
        state=side_of(tx, mine.conversation, other).state,
    )


def send(tx: Connection, me: PersonId, id: ConversationId, draft: Draft, post: Post, now: datetime) -> Sent:
    """Says something in a conversation.

    Raises:
        ConversationNotFound, MessageEmpty, AttachmentNotFound, CorrespondentGone, CorrespondentSuspended,
        MessagesNotTaken, RequestWaiting, TooManyStrangers
    """
    _check(tx, me, draft, post)
    mine, last = _held(tx, id, me)
    to = recipient(tx, mine)
    arrives = rules.delivered(to)
    if arrives == "request":
        _count_stranger(tx, me, post.newcomers, now)
    request = arrives == "request"
    message = _written(tx, mine, draft, last, post.ids, now)
    store.set_last(tx, id, message.id)
    store.change_side(tx, id, me, state="open", last_id=message.id, read_id=message.id)
    arrival = {"asked_at": now} if request else {}
    store.change_side(tx, id, mine.other, state=arrives, last_id=message.id, heard_id=message.id, **arrival)
    if (request or not draft.told_elsewhere) and not relations.muted_by(tx, mine.other, me):
        facts.received(tx, message, mine.other, now, request=request)
    _tell_both(tx, mine, post.tell)
    return Sent(message.id, request)


def read_up_to(tx: Connection, me: PersonId, id: ConversationId, message: MessageId, tell: Tell) -> None:
    """One has read so far; one's other devices hear of it, and nobody else.

    Raises:
        ConversationNotFound
    """
    mine, _ = _held(tx, id, me)
    newest = max(mine.heard, mine.last or NOTHING, key=int)
    reached = min(message, newest, key=int)
    if int(reached) > int(mine.read):
        store.change_side(tx, id, me, read_id=reached)
        after_commit(tx, partial(tell, me, id))


def accept(tx: Connection, me: PersonId, id: ConversationId, tell: Tell) -> None:
    """Lets a stranger write.

    Raises:
        ConversationNotFound
    """
    mine, _ = _held(tx, id, me)
    if mine.state == "request":
        store.change_side(tx, id, me, state="open")
        _tell_both(tx, mine, tell)


def decline(tx: Connection, me: PersonId, id: ConversationId, tell: Tell) -> None:
    """Leaves a request without an answer, of which the other hears nothing. What is no request stays as it is.

    Raises:
        ConversationNotFound
    """
    if _held(tx, id, me)[0].state == "request":
        put_away(tx, me, id, tell)


def put_away(tx: Connection, me: PersonId, id: ConversationId, tell: Tell) -> None:
    """Deletes the conversation for oneself; a request is declined by it.

    Raises:
        ConversationNotFound
    """
    mine, newest = _held(tx, id, me)
    state = "declined" if mine.state == "request" else mine.state
    store.change_side(tx, id, me, state=state, last_id=None, cleared_id=newest, read_id=newest)
    after_commit(tx, partial(tell, me, id))


def delete_message(tx: Connection, me: PersonId, id: MessageId, tell: Tell) -> None:
    """Takes back what one said; both see that there was something.

    Raises:
        MessageNotFound, NotYourMessage
    """
    found = lines.message(tx, id)
    mine = store.side(tx, found.conversation, me) if found else None
    if found is None or mine is None:
        raise MessageNotFound
    if found.sender != me:
        raise NotYourMessage
    _erase(tx, found, tell)


def remove_message(tx: Connection, id: MessageId, tell: Tell) -> None:
    """Takes a message away from both, whoever said it; both see that there was something."""
    found = lines.message(tx, id)
    if found is not None and not found.deleted:
        _erase(tx, found, tell)


def _erase(tx: Connection, message: MessageRecord, tell: Tell) -> None:
    mine = side_of(tx, message.conversation, message.sender)
    store.hold(tx, message.conversation)
    lines.erase(tx, message.id)
    heard = lines.newest_of(tx, message.conversation, message.sender)
    theirs = side_of(tx, message.conversation, mine.other)
    # A request of which nothing is left asks nothing.
    rest = {"last_id": None} if theirs.state == "request" and heard == NOTHING else {}
    store.change_side(tx, message.conversation, mine.other, heard_id=heard, **rest)
    _tell_both(tx, mine, tell)


def _held(tx: Connection, id: ConversationId, me: PersonId) -> tuple[Side, MessageId]:
    """A conversation as one has it, and its newest message: nobody changes either until this transaction ends."""
    side_of(tx, id, me)
    last = store.hold(tx, id)
    return side_of(tx, id, me), last or NOTHING


def _check(tx: Connection, me: PersonId, draft: Draft, post: Post) -> None:
    if not draft.text and draft.attachment is None:
        raise MessageEmpty
    if draft.attachment and draft.attachment not in post.attachments(tx, [draft.attachment], me):
        raise AttachmentNotFound


def _count_stranger(tx: Connection, me: PersonId, newcomers: Newcomers, now: datetime) -> None:
    joined = people.person_by_id(tx, me).created_at
    if now - joined < newcomers.age:
        rules.check_strangers(newcomers, joined, store.asked_since(tx, me, now - rules.DAY), now)


def _written(tx: Connection, mine: Side, draft: Draft, last: MessageId, ids: Ids, now: datetime) -> MessageRecord:
    for turn in range(1, _TRIES + 1):
        # Later than the one before, also where two nodes' clocks disagree.
        id = MessageId(str(max(int(ids.decimal()), int(last) + turn)))
        message = MessageRecord(id, mine.conversation, mine.person, draft.text, now, draft.attachment)
        if lines.insert_message(tx, message):
            return message
    raise AssertionError("22 random bits do not collide five times in a row")


def _tell_both(tx: Connection, mine: Side, tell: Tell) -> None:
    for person in (mine.person, mine.other):
        after_commit(tx, partial(tell, person, mine.conversation))

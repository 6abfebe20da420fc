"""The routes of conversations and messages."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, status
from sqlalchemy import Connection

from cooee.kit.errors import BadCursor, ForeignOrigin, InvalidRequest, TooManyRequests, Unauthenticated
from cooee.kit.idempotency import IdempotencyKey, once
from cooee.kit.pages import AskedPage
from cooee.kit.problems import refusals
from cooee.kit.web import Tools
from cooee.messages import reading, service, store
from cooee.messages.errors import (
    CannotMessageYourself,
    ConversationNotFound,
    CorrespondentGone,
    CorrespondentSuspended,
    MessageEmpty,
    MessageNotFound,
    MessagesNotTaken,
    NotYourMessage,
    RequestWaiting,
    TooManyStrangers,
)
from cooee.messages.ids import ConversationInPath, MessageId, MessageInPath
from cooee.messages.service import Draft
from cooee.messages.shapes import (
    ChangeMessageSettings,
    Conversation,
    ConversationList,
    Message,
    MessagePage,
    MessageSettings,
    NewConversation,
    NewMessage,
    ReadUpTo,
    Unread,
)
from cooee.messages.wiring import Messages
from cooee.people.cards import Attachment
from cooee.people.errors import AttachmentNotFound, PersonNotFound
from cooee.people.ids import PersonId
from cooee.people.session import SignedIn
from cooee.people.wiring import People

router = APIRouter(tags=["messages"])
_NOTHING = status.HTTP_204_NO_CONTENT


@router.get("/conversations", responses=refusals(BadCursor, InvalidRequest, Unauthenticated))
async def list_conversations(
    page: AskedPage,
    me: SignedIn,
    tools: Tools,
    people: People,
    messages: Messages,
    folder: Annotated[Literal["open", "request"], Query(description="One's own, or strangers' requests")] = "open",
) -> ConversationList:
    """One's conversations, the one with the newest message first."""
    asks = messages.post.attachments
    return await tools.db.read(lambda tx: reading.conversations(tx, me.id, folder, page, people.asks, asks))


@router.post(
    "/conversations",
    responses=refusals(
        CannotMessageYourself, ForeignOrigin, InvalidRequest, PersonNotFound, TooManyRequests, Unauthenticated
    ),
)
async def begin_conversation(
    asked: NewConversation, me: SignedIn, tools: Tools, people: People, messages: Messages
) -> Conversation:
    """The conversation with somebody. It is made if there is none; the other hears of it with the first message."""
    now = tools.clock.now()

    def work(tx: Connection) -> Conversation:
        id = service.begin(tx, me.id, PersonId(asked.person), tools.ids, now)
        return reading.conversation(tx, me.id, id, people.asks)

    return await tools.db.write(tools.counted(work, messages.message_limit, "begin conversation", me.id))


@router.get("/conversations/unread", responses=refusals(Unauthenticated))
async def count_unread(me: SignedIn, tools: Tools) -> Unread:
    """How many conversations wait to be read, and how many strangers for an answer."""
    return await tools.db.read(lambda tx: reading.unread(tx, me.id))


@router.get("/conversations/{id}", responses=refusals(ConversationNotFound, InvalidRequest, Unauthenticated))
async def read_conversation(id: ConversationInPath, me: SignedIn, tools: Tools, people: People) -> Conversation:
    """A conversation, and whether one may write in it."""
    return await tools.db.read(lambda tx: reading.conversation(tx, me.id, id, people.asks))


@router.delete(
    "/conversations/{id}",
    status_code=_NOTHING,
    responses=refusals(ConversationNotFound, ForeignOrigin, InvalidRequest, Unauthenticated),
)
async def delete_conversation(id: ConversationInPath, me: SignedIn, tools: Tools, messages: Messages) -> None:
    """Delete what was said so far, for oneself; declines a request. The other sees no difference."""
    await tools.db.write(lambda tx: service.put_away(tx, me.id, id, messages.post.tell))


@router.post(
    "/conversations/{id}/accept",
    status_code=_NOTHING,
    responses=refusals(ConversationNotFound, ForeignOrigin, InvalidRequest, Unauthenticated),
)
async def accept_request(id: ConversationInPath, me: SignedIn, tools: Tools, messages: Messages) -> None:
    """Let a stranger write."""
    await tools.db.write(lambda tx: service.accept(tx, me.id, id, messages.post.tell))


@router.post(
    "/conversations/{id}/decline",
    status_code=_NOTHING,
    responses=refusals(ConversationNotFound, ForeignOrigin, InvalidRequest, Unauthenticated),
)
async def decline_request(id: ConversationInPath, me: SignedIn, tools: Tools, messages: Messages) -> None:
    """Leave a stranger's request without an answer, for good. Nobody is told."""
    await tools.db.write(lambda tx: service.decline(tx, me.id, id, messages.post.tell))


@router.put(
    "/conversations/{id}/read",
    status_code=_NOTHING,
    responses=refusals(ConversationNotFound, ForeignOrigin, InvalidRequest, Unauthenticated),
)
async def mark_read(id: ConversationInPath, asked: ReadUpTo, me: SignedIn, tools: Tools, messages: Messages) -> None:
    """Say how far one has read. Only one's own devices hear of it."""
    upto = MessageId(asked.message)
    await tools.db.write(lambda tx: service.read_up_to(tx, me.id, id, upto, messages.post.tell))


@router.get(
    "/conversations/{id}/messages",
    responses=refusals(BadCursor, ConversationNotFound, InvalidRequest, Unauthenticated),
)
async def list_messages(
    id: ConversationInPath, page: AskedPage, me: SignedIn, tools: Tools, messages: Messages
) -> MessagePage:
    """What was said, newest first."""
    return await tools.db.read(lambda tx: reading.messages(tx, me.id, id, page, messages.post.attachments))


@router.post(
    "/conversations/{id}/messages",
    status_code=status.HTTP_201_CREATED,
    responses=refusals(
        AttachmentNotFound,
        ConversationNotFound,
        CorrespondentGone,
        CorrespondentSuspended,
        ForeignOrigin,
        InvalidRequest,
        MessageEmpty,
        MessagesNotTaken,
        RequestWaiting,
        TooManyRequests,
        TooManyStrangers,
        Unauthenticated,
    ),
)
async def send_message(
    id: ConversationInPath,
    asked: NewMessage,
    me: SignedIn,
    tools: Tools,
    messages: Messages,
    key: IdempotencyKey = None,
) -> Message:
    """Say something. A stranger's first message waits as a request; a second one follows when it is accepted."""
    now = tools.clock.now()
    attachment = Attachment(asked.attachment.kind, asked.attachment.id) if asked.attachment else None

    def work(tx: Connection) -> Message:
        def send() -> MessageId:
            return service.send(tx, me.id, id, Draft(asked.text, attachment), messages.post, now).id

        sent = MessageId(once(tx, me.id, f"message:{id}", key, now, send))
        return reading.one_message(tx, me.id, sent, messages.post.attachments)

    return await tools.db.write(tools.counted(work, messages.message_limit, "message", me.id))


@router.delete(
    "/messages/{id}",
    status_code=_NOTHING,
    responses=refusals(ForeignOrigin, InvalidRequest, MessageNotFound, NotYourMessage, Unauthenticated),
)
async def delete_message(id: MessageInPath, me: SignedIn, tools: Tools, messages: Messages) -> None:
    """Take back what one said, for both."""
    await tools.db.write(lambda tx: service.delete_message(tx, me.id, id, messages.post.tell))


@router.get("/me/message-settings", responses=refusals(Unauthenticated))
async def read_message_settings(me: SignedIn, tools: Tools) -> MessageSettings:
    """Who may write to one."""
    return MessageSettings(writers=await tools.db.read(lambda tx: store.writers(tx, me.id)))


@router.put("/me/message-settings", responses=refusals(ForeignOrigin, InvalidRequest, Unauthenticated))
async def change_message_settings(asked: ChangeMessageSettings, me: SignedIn, tools: Tools) -> MessageSettings:
    """Choose who may write to one."""
    await tools.db.write(lambda tx: store.set_writers(tx, me.id, asked.writers))
    return MessageSettings(writers=asked.writers)

"""Conversations and messages as they go over the wire."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from cooee.kit.ids import DECIMAL_PATTERN
from cooee.kit.pages import Asked, Page, Shape, Timestamp
from cooee.kit.text import at_most, clean_text
from cooee.messages.records import Writers
from cooee.people.cards import AttachmentRef, SpaceCard
from cooee.people.shapes import Person

LONGEST = 2000
"""Characters of a message."""

MessageText = Annotated[
    str, Field(max_length=4 * LONGEST), AfterValidator(clean_text), AfterValidator(at_most(LONGEST))
]


class Message(Shape):
    """What one of the two said."""

    id: str
    mine: bool
    text: str
    created_at: Timestamp
    deleted: bool = Field(description="Only that there was a message is left")
    attached: Literal["space"] | None = Field(description="What it carries, also where this is not for the reader")
    attachment: SpaceCard | None


class MessagePage(Page[Message]):
    """One page of a conversation, newest first; `next` leads upwards, to what was said before."""


class ConversationLine(Shape):
    """A conversation in a list."""

    id: str
    person: Person | None = Field(description="The other; null once they deleted the account")
    unread: int = Field(ge=0)
    last: Message


class ConversationList(Page[ConversationLine]):
    """One page of conversations, the one with the newest message first."""


class Conversation(Shape):
    """A conversation, as one of the two sees it."""

    id: str
    person: Person | None = Field(description="The other; null once they deleted the account")
    stands: Literal["new", "open", "request", "waiting", "refused", "suspended", "gone"] = Field(
        description="`request`: they wait for one's answer; `waiting`: one waits for theirs; "
        "`refused`: they do not take one's messages; `suspended`: moderators have suspended their account; "
        "`gone`: they deleted it"
    )
    read_up_to: str = Field(description="The last message that one has read on any device; 0 before the first")


class Unread(Shape):
    """What waits to be read."""

    conversations: int = Field(ge=0)
    requests: int = Field(ge=0, description="Strangers who wait for an answer")


class MessageSettings(Shape):
    """Who may write to one."""

    writers: Writers


class NewConversation(Asked):
    """With whom."""

    person: str = Field(pattern=DECIMAL_PATTERN, description="A person's id")


class NewMessage(Asked):
    """A message to be sent; it has text, an attachment, or both."""

    text: MessageText = ""
    attachment: AttachmentRef | None = None


class ReadUpTo(Asked):
    """How far one has read."""

    message: str = Field(pattern=DECIMAL_PATTERN, description="A message's id")


class ChangeMessageSettings(Asked):
    """Who may begin to write to one. Whoever one wrote to may answer, unless it is nobody."""

    writers: Writers

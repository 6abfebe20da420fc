"""Conversations and messages as they are stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cooee.messages.ids import ConversationId, MessageId
from cooee.people.cards import Attachment
from cooee.people.ids import PersonId

State = Literal["new", "request", "open", "declined"]
"""What a conversation is to one of the two.

`new`: nobody has written. `request`: a stranger wrote, and one has not answered. `declined`: and will not. `open`: one
has written, accepted, or follows the other; the other writes freely.
"""

Writers = Literal["everyone", "followed", "nobody"]
"""Who may begin to write to somebody."""


@dataclass(frozen=True)
class Side:
    """A conversation as one of the two has it."""

    conversation: ConversationId
    person: PersonId
    other: PersonId
    state: State
    last: MessageId | None
    """The newest message, by which it stands in the list; None: it is not in the list."""
    heard: MessageId
    """The newest message of the other's that was not deleted."""
    read: MessageId
    """How far the person has read."""
    cleared: MessageId
    """Up to here the person has deleted the conversation for themselves."""


@dataclass(frozen=True)
class MessageRecord:
    """A row of `messages`."""

    id: MessageId
    conversation: ConversationId
    sender: PersonId
    text: str
    created_at: datetime
    attachment: Attachment | None
    deleted: bool = False

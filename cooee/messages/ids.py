"""What names a conversation and a message."""

from typing import Annotated, NewType

from fastapi import Path

from cooee.kit.ids import DECIMAL_PATTERN

ConversationId = NewType("ConversationId", str)
"""A decimal id (`cooee.kit.ids`)."""

MessageId = NewType("MessageId", str)
"""A decimal id; within a conversation a later message always has a greater one."""

NOTHING = MessageId("0")
"""Before the first message."""

ConversationInPath = Annotated[ConversationId, Path(pattern=DECIMAL_PATTERN, description="A conversation's id")]
MessageInPath = Annotated[MessageId, Path(pattern=DECIMAL_PATTERN, description="A message's id")]

"""Conversations, the two sides of each, messages, and who may write to whom."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table, Text, UniqueConstraint

from cooee.kit.columns import DecimalId, UtcTime, text_id
from cooee.kit.db import metadata


def _person(name: str, *, primary_key: bool = False) -> Column[str]:
    theirs = ForeignKey("people.id", ondelete="CASCADE")
    return Column(name, DecimalId, theirs, primary_key=primary_key, nullable=False)


def _conversation(*, primary_key: bool = False) -> Column[str]:
    its = ForeignKey("conversations.id", ondelete="CASCADE")
    return Column("conversation_id", DecimalId, its, primary_key=primary_key, nullable=False)


conversations = Table(
    "conversations",
    metadata,
    Column("id", DecimalId, primary_key=True, autoincrement=False),
    # The two people, in the order of their ids.
    _person("low_id"),
    _person("high_id"),
    Column("created_at", UtcTime, nullable=False),
    # Its newest message: the next one gets a greater id, whatever the clocks say.
    Column("last_id", DecimalId, nullable=False),
    UniqueConstraint("low_id", "high_id"),
    Index("ix_conversations_high_id", "high_id"),
)

sides = Table(
    "conversation_sides",
    metadata,
    _conversation(primary_key=True),
    _person("person_id", primary_key=True),
    _person("other_id"),
    Column("state", Text, nullable=False),
    # When the other wrote as a stranger.
    Column("asked_at", UtcTime),
    Column("last_id", DecimalId),
    Column("heard_id", DecimalId, nullable=False),
    Column("read_id", DecimalId, nullable=False),
    Column("cleared_id", DecimalId, nullable=False),
    Index("ix_conversation_sides_listed", "person_id", "state", "last_id"),
    Index("ix_conversation_sides_asked", "other_id", "asked_at"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", DecimalId, primary_key=True, autoincrement=False),
    _conversation(),
    _person("sender_id"),
    # Empty once it is deleted.
    Column("text", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("attachment_kind", Text),
    Column("attachment_id", text_id()),
    Column("deleted", Boolean, nullable=False),
    Index("ix_messages_conversation", "conversation_id", "id"),
    Index("ix_messages_sender", "sender_id", "id"),
)

message_settings = Table(
    "message_settings",
    metadata,
    _person("person_id", primary_key=True),
    Column("writers", Text, nullable=False),
)

"""Spaces that are to come, and who wants to be told when they begin."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, Table, Text

from cooee.kit.columns import DecimalId, UtcTime, text_id
from cooee.kit.db import metadata

scheduled_spaces = Table(
    "scheduled_spaces",
    metadata,
    # The id that the Space has when it is live, too.
    Column("id", text_id(), primary_key=True),
    Column("serial", DecimalId, nullable=False),
    Column("host_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("starts_at", UtcTime, nullable=False),
    Column("zone", Text, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("title", Text, nullable=False),
    Column("topics", JSON, nullable=False),
    Column("language", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("guests", Boolean, nullable=False),
    Column("record", Boolean, nullable=False),
    Index("ix_scheduled_spaces_host", "host_id", "state"),
    Index("ix_scheduled_spaces_starts", "state", "starts_at", "serial"),
)

reminders = Table(
    "space_reminders",
    metadata,
    Column("space_id", text_id(), ForeignKey("scheduled_spaces.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Index("ix_space_reminders_person_id", "person_id"),
)

scheduled_words = Table(
    "scheduled_words",
    metadata,
    # By what a public Space that is ahead is found, as `spaces.found.keys` gives it.
    Column("word", text_id(), primary_key=True),
    Column("space_id", text_id(), ForeignKey("scheduled_spaces.id", ondelete="CASCADE"), primary_key=True),
    Column("spelling", Text),
    Index("ix_scheduled_words_space_id", "space_id"),
)

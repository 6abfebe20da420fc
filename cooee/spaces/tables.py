"""Spaces, who is on stage in those that are live, who was there, who was invited by message, and who has access."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from cooee.kit.columns import DecimalId, UtcTime, text_id
from cooee.kit.db import metadata

spaces = Table(
    "spaces",
    metadata,
    Column("id", text_id(), primary_key=True),
    Column("owner_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("audience", Text, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    # None while it is live.
    Column("ended_at", UtcTime),
    Column("version", Integer, nullable=False),
    # Raised by whoever takes the stage: packets and frames of lower epochs are dropped.
    Column("stage_epoch", Integer, nullable=False),
    # The aggregate as JSON; the columns beside it are copies for queries.
    Column("document", Text, nullable=False),
    Index("ix_spaces_ended_at", "ended_at"),
)

on_stage = Table(
    "space_stage",
    metadata,
    Column("space_id", text_id(), ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_space_stage_person_id", "person_id"),
)

attendance = Table(
    "space_attendance",
    metadata,
    Column("space_id", text_id(), ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("first_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    Index("ix_space_attendance_person_id", "person_id"),
)

message_invitations = Table(
    "space_message_invitations",
    metadata,
    Column("space_id", text_id(), ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True),
    Column("by_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Index("ix_space_message_invitations_by", "by_id", "at"),
    Index("ix_space_message_invitations_person_id", "person_id"),
)

access = Table(
    "space_access",
    metadata,
    # Whom an invitation gave access to Spaces, for good: whatever becomes of the Space and of the share of accounts.
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("at", UtcTime, nullable=False),
)

room_messages = Table(
    "room_messages",
    metadata,
    Column("id", DecimalId, primary_key=True, autoincrement=False),
    Column("space_id", text_id(), ForeignKey("spaces.id", ondelete="CASCADE"), nullable=False),
    Column("author_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    # Whoever was host; None is the whole room.
    Column("to_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), index=True),
    Column("text", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    # For the hosts and its author only, until a host lets it through.
    Column("held", Boolean, nullable=False),
    Index("ix_room_messages_space", "space_id", "id"),
)

stream_keys = Table(
    "space_stream_keys",
    metadata,
    Column("space_id", text_id(), ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("key_hash", LargeBinary, nullable=False, unique=True),
    Column("made_at", UtcTime, nullable=False),
    # None: no program came with it yet.
    Column("used_at", UtcTime),
    Index("ix_space_stream_keys_person_id", "person_id"),
)

room_posts = Table(
    "room_posts",
    metadata,
    Column("space_id", text_id(), ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True),
    # No foreign key: a post that is gone is still to be taken out of the rooms that show it.
    Column("post_id", DecimalId, primary_key=True, autoincrement=False),
    Column("author_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    # What the author was in the room then.
    Column("role", Text, nullable=False),
    Column("pinned", Boolean, nullable=False),
    Index("ix_room_posts_post_id", "post_id"),
)

speakers = Table(
    "space_speakers",
    metadata,
    Column("space_id", text_id(), ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Index("ix_space_speakers_person_id", "person_id"),
)

feedback = Table(
    "space_feedback",
    metadata,
    Column("space_id", text_id(), ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("stars", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("ix_space_feedback_person_id", "person_id"),
    Index("ix_space_feedback_at", "at"),
)

sound = Table(
    "space_sound",
    metadata,
    # All sessions that one person had in one Space by one door, together.
    Column("space_id", text_id(), ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("door", Text, primary_key=True),
    Column("sessions", Integer, nullable=False),
    # Of these: those that were never connected, and those that broke.
    Column("failed", Integer, nullable=False),
    Column("lasted_ms", BigInteger, nullable=False),
    Column("packets", BigInteger, nullable=False),
    Column("lost", BigInteger, nullable=False),
    Column("repaired", BigInteger, nullable=False),
    Column("worst_loss_per_mille", Integer, nullable=False),
    Column("worst_jitter_ms", Integer, nullable=False),
    Index("ix_space_sound_person_id", "person_id"),
)

log = Table(
    "space_log",
    metadata,
    Column("id", DecimalId, primary_key=True, autoincrement=False),
    Column("space_id", text_id(), ForeignKey("spaces.id", ondelete="CASCADE"), nullable=False),
    Column("at", UtcTime, nullable=False),
    # None is nobody's deed, or somebody's who is gone.
    Column("by_id", DecimalId, ForeignKey("people.id", ondelete="SET NULL"), index=True),
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="SET NULL"), index=True),
    Column("what", Text, nullable=False),
    Column("details", JSON, nullable=False),
    Index("ix_space_log_space", "space_id", "id"),
)

space_words = Table(
    "space_words",
    metadata,
    # By what a public live Space is found, as `found.keys` gives it.
    Column("word", text_id(), primary_key=True),
    Column("space_id", text_id(), ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True),
    # Of a topic, as its host wrote it.
    Column("spelling", Text),
    Index("ix_space_words_space_id", "space_id"),
)

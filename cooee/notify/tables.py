"""Notices, how far each person has read, what each wants to hear of, where to push, and how often to write."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, LargeBinary, Table, Text, UniqueConstraint

from cooee.kit.columns import DecimalId, UtcTime, text_id
from cooee.kit.db import metadata

lines = Table(
    "notice_lines",
    metadata,
    Column("id", DecimalId, primary_key=True, autoincrement=False),
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    # What stands together: `rules.line`.
    Column("line", text_id(), nullable=False),
    Column("post_id", DecimalId, ForeignKey("posts.id", ondelete="CASCADE"), index=True),
    # Live or ahead: an id of two tables, hence no reference.
    Column("space_id", text_id(), index=True),
    # When the latest notice in it came.
    Column("latest_at", UtcTime, nullable=False),
    # When it was last pushed to any device.
    Column("pushed_at", UtcTime),
    UniqueConstraint("person_id", "line"),
    Index("ix_notice_lines_latest", "person_id", "latest_at", "id"),
)

notices = Table(
    "notices",
    metadata,
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    # One for each deed: what makes a notice come exactly once.
    Column("key", text_id(), primary_key=True),
    Column("line_id", DecimalId, ForeignKey("notice_lines.id", ondelete="CASCADE"), nullable=False),
    Column("by_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    Index("ix_notices_line", "line_id", "at", "by_id"),
)

positions = Table(
    "notice_positions",
    metadata,
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("read_at", UtcTime, nullable=False),
)

wishes = Table(
    "notice_wishes",
    metadata,
    # Only what differs from the default is kept.
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("wanted", Boolean, nullable=False),
)

letters = Table(
    "notice_mail",
    metadata,
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    # How often letters may come: `rules.Rhythm`.
    Column("rhythm", Text, nullable=False),
    Column("mailed_at", UtcTime),
    # An address that its mail server refused for good: nothing more is sent there.
    Column("refused", Text),
)

subscriptions = Table(
    "push_subscriptions",
    metadata,
    Column("id", DecimalId, primary_key=True, autoincrement=False),
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    # A device whose session ends, or is ended, hears nothing more.
    Column("session", LargeBinary, ForeignKey("sessions.token_hash", ondelete="CASCADE"), nullable=False, index=True),
    Column("endpoint", Text, nullable=False, unique=True),
    Column("p256dh", Text, nullable=False),
    Column("auth", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    # When the push service last took something for it.
    Column("reached_at", UtcTime),
    # Until when the push service wants to be left alone.
    Column("quiet_until", UtcTime),
)

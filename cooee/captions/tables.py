"""What was said, while a Space is open, and who agreed to its being written down."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, Table, Text

from cooee.kit.columns import DecimalId, UtcTime, text_id
from cooee.kit.db import metadata

caption_lines = Table(
    "caption_lines",
    metadata,
    Column("space_id", text_id(), ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True),
    # 1, 2, 3… within the Space.
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("text", Text, nullable=False),
    # When the phrase began, and how long it was.
    Column("at", UtcTime, nullable=False),
    Column("lasted_ms", Integer, nullable=False),
    # Said under REC: kept after the end until the replay has it.
    Column("recorded", Boolean, nullable=False),
)

caption_consents = Table(
    "caption_consents",
    metadata,
    # Without a row, somebody was not asked yet.
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("agreed", Boolean, nullable=False),
    Column("at", UtcTime, nullable=False),
)

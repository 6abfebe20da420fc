"""What people told the operator of their own accord."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from cooee.kit.columns import DecimalId, UtcTime
from cooee.kit.db import metadata

told_us = Table(
    "told_us",
    metadata,
    Column("id", DecimalId, primary_key=True, autoincrement=False),
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    # None: only words.
    Column("stars", Integer),
    Column("note", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("ix_told_us_person_id", "person_id"),
)

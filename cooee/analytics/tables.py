"""What is counted of Spaces. No column is about anybody but its host."""

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Integer, Table, Text

from cooee.kit.columns import UtcTime, text_id
from cooee.kit.db import metadata

space_minutes = Table(
    "space_minutes",
    metadata,
    Column("space_id", text_id(), ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True),
    Column("minute", UtcTime, primary_key=True),
    # Each node writes rows of its own, and has a new name after each start: what several saw is summed when it is read.
    Column("node", text_id(), primary_key=True),
    Column("listened_ms", BigInteger, nullable=False),
    # Twelve numbers: the most listeners in each five seconds.
    Column("most", JSON, nullable=False),
    # How often each emoji.
    Column("reactions", JSON, nullable=False),
)

space_arrivals = Table(
    "space_arrivals",
    metadata,
    Column("space_id", text_id(), ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True),
    Column("source", Text, primary_key=True),
    Column("people", Integer, nullable=False),
)

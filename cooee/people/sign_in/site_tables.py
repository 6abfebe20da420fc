"""What the operator writes for everybody, and who agreed to it."""

from sqlalchemy import Column, ForeignKey, Table, Text

from cooee.kit.columns import DecimalId, UtcTime, text_id
from cooee.kit.db import metadata

site_pages = Table(
    "site_pages",
    metadata,
    # `terms`, `privacy` or `contact`.
    Column("name", text_id(), primary_key=True),
    Column("text", Text, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)

agreements = Table(
    "agreements",
    metadata,
    # That somebody agreed to the terms and said they are old enough, when they signed up. How old, nobody asks.
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("agreed_at", UtcTime, nullable=False),
)

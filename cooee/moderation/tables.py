"""Cases, the reports they are made of, who moderates, and whom they have suspended from what."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from cooee.kit.columns import DecimalId, UtcTime, text_id
from cooee.kit.db import metadata

cases = Table(
    "cases",
    metadata,
    Column("id", DecimalId, primary_key=True, autoincrement=False),
    Column("about", Text, nullable=False),
    Column("subject", text_id(), nullable=False),
    # Whose it is. With the account goes the case.
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    # In which Space it was noticed, if in one.
    Column("space_id", text_id()),
    # What it said when it was first reported: it may be gone when somebody looks.
    Column("excerpt", Text, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("latest_at", UtcTime, nullable=False),
    Column("reports", Integer, nullable=False),
    # Open as long as this is empty.
    Column("decision", Text),
    Column("decided_at", UtcTime),
    Column("decided_by", DecimalId, ForeignKey("people.id", ondelete="SET NULL")),
    Column("until", UtcTime),
    Column("words", Text),
    # "open", or the case's own id: of what is reported there is one open case.
    Column("turn", text_id(), nullable=False),
    UniqueConstraint("about", "subject", "turn"),
    Index("ix_cases_listed", "decision", "latest_at", "id"),
)

reports = Table(
    "reports",
    metadata,
    Column("id", DecimalId, primary_key=True, autoincrement=False),
    Column("case_id", DecimalId, ForeignKey("cases.id", ondelete="CASCADE"), nullable=False),
    # None: the account is gone, the report stays.
    Column("reporter_id", DecimalId, ForeignKey("people.id", ondelete="SET NULL"), index=True),
    Column("reason", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    UniqueConstraint("case_id", "reporter_id"),
)

moderators = Table(
    "moderators",
    metadata,
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("since", UtcTime, nullable=False),
)

sanctions = Table(
    "sanctions",
    metadata,
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("sanction", Text, primary_key=True),
    Column("since", UtcTime, nullable=False),
    Column("until", UtcTime, nullable=False),
    Column("case_id", DecimalId, ForeignKey("cases.id", ondelete="SET NULL")),
)

"""Accounts, sessions and follows."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text

from cooee.kit.columns import DecimalId, UtcTime, text_id
from cooee.kit.db import metadata

people = Table(
    "people",
    metadata,
    Column("id", DecimalId, primary_key=True, autoincrement=False),
    Column("username", text_id(), nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("bio", Text, nullable=False),
    Column("language", Text, nullable=False),
    # The blob's name; pictures are named by their content.
    Column("picture", Text),
    # None: no password opens this account.
    Column("password_hash", Text),
    Column("admin", Boolean, nullable=False),
    Column("demo", Text),
    Column("created_at", UtcTime, nullable=False),
    # Counted along with each follow, in the same transaction.
    Column("followers", Integer, nullable=False),
    Column("following", Integer, nullable=False),
    Index("ix_people_followers", "followers"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
)

follows = Table(
    "follows",
    metadata,
    Column("follower_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("followed_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("created_at", UtcTime, nullable=False),
    Index("ix_follows_followers", "followed_id", "created_at", "follower_id"),
    Index("ix_follows_following", "follower_id", "created_at", "followed_id"),
)

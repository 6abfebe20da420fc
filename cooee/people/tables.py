"""Accounts, sessions, and how people stand to each other."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, false

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
    # The IANA time zone of the browser in which they last arranged something for a time; None: nobody knows.
    Column("zone", Text),
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
    Column("protected", Boolean, nullable=False, server_default=false()),
    # From when the account is to be erased. Whoever has this is hidden; after the erasure the row stays as a name for
    # what is kept, and says nothing of anybody.
    Column("deleting_at", UtcTime),
    # Until then no session of theirs is any good, and they are hidden as long as this is set: it is taken away when the
    # time is over.
    Column("suspended_until", UtcTime),
    # When one of their sessions ended last; for an hour or two, so that every node hears of it.
    Column("signed_out_at", UtcTime),
    Index("ix_people_followers", "followers"),
    Index("ix_people_signed_out_at", "signed_out_at"),
)

person_words = Table(
    "person_words",
    metadata,
    # A word of the username or the name, as `kit.words` folds it.
    Column("word", text_id(), primary_key=True),
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_person_words_person_id", "person_id"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
    # What the device said of itself; None where it said nothing that we know.
    Column("browser", Text),
    Column("system", Text),
    Column("last_used_at", UtcTime, nullable=False, server_default="0"),
    # When whoever uses it last proved to be the person.
    Column("confirmed_at", UtcTime, nullable=False, server_default="0"),
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

follow_requests = Table(
    "follow_requests",
    metadata,
    Column("asker_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("asked_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("created_at", UtcTime, nullable=False),
    Index("ix_follow_requests_asked", "asked_id", "created_at", "asker_id"),
)

blocks = Table(
    "blocks",
    metadata,
    Column("blocker_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("blocked_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("created_at", UtcTime, nullable=False),
    Index("ix_blocks_blocked", "blocked_id"),
    Index("ix_blocks_listed", "blocker_id", "created_at", "blocked_id"),
)

mutes = Table(
    "mutes",
    metadata,
    Column("muter_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("muted_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("created_at", UtcTime, nullable=False),
    Index("ix_mutes_muted", "muted_id"),
    Index("ix_mutes_listed", "muter_id", "created_at", "muted_id"),
)

data_exports = Table(
    "data_exports",
    metadata,
    # One at a time: a new one takes the place of the last.
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("asked_at", UtcTime, nullable=False),
    # None while it is being made.
    Column("ready_at", UtcTime),
    # The blob's name.
    Column("file", Text),
    Column("bytes", Integer),
)

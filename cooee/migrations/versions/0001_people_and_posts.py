"""People, sessions, follows, posts; the outbox and facts."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from cooee.kit.columns import row_number, text_id

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "facts", sa.Column("name", text_id(), primary_key=True), sa.Column("value", sa.Text, nullable=False)
    )
    _outbox()
    _people()
    op.create_table(
        "posts",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        _person("author_id"),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("attachment_kind", sa.Text),
        sa.Column("attachment_id", text_id()),
    )
    op.create_index("ix_posts_author", "posts", ["author_id", "id"])


def downgrade() -> None:
    for table in ("posts", "follows", "sessions", "people", "outbox", "facts"):
        op.drop_table(table)


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", row_number(), primary_key=True, autoincrement=True),
        sa.Column("key", text_id(), nullable=False, unique=True),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("lease_until", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_due_at", "outbox", ["due_at"])


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("username", text_id(), nullable=False, unique=True),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("bio", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("picture", sa.Text),
        sa.Column("password_hash", sa.Text),
        sa.Column("admin", sa.Boolean, nullable=False),
        sa.Column("demo", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("followers", sa.Integer, nullable=False),
        sa.Column("following", sa.Integer, nullable=False),
    )
    op.create_index("ix_people_followers", "people", ["followers"])
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.LargeBinary, primary_key=True),
        _person("person_id"),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_sessions_person_id", "sessions", ["person_id"])
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])
    op.create_table(
        "follows",
        _person("follower_id", primary_key=True),
        _person("followed_id", primary_key=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_follows_followers", "follows", ["followed_id", "created_at", "follower_id"])
    op.create_index("ix_follows_following", "follows", ["follower_id", "created_at", "followed_id"])


def _person(name: str, *, primary_key: bool = False) -> sa.Column[int]:
    reference = sa.ForeignKey("people.id", ondelete="CASCADE")
    return sa.Column(name, sa.BigInteger, reference, primary_key=primary_key, nullable=False)

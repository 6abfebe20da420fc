"""Replies, likes, re-posts, mentions, hashtags, bookmarks, search."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("posts", sa.Column("reply_to", sa.BigInteger))
    op.create_index("ix_posts_replies", "posts", ["reply_to", "id"])
    # Alembic's way would copy the whole table on SQLite.
    op.execute(
        "ALTER TABLE posts ADD COLUMN repost_of BIGINT"
        " CONSTRAINT fk_posts_repost_of REFERENCES posts (id) ON DELETE CASCADE"
    )
    op.create_index("ix_posts_reposts", "posts", ["repost_of", "author_id"], unique=True)
    top = sa.text("reply_to IS NULL")
    op.create_index("ix_posts_home", "posts", ["author_id", "id"], sqlite_where=top, postgresql_where=top)
    op.create_table(
        "mentions",
        sa.Column("post_id", sa.BigInteger, sa.ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("person_id", sa.BigInteger, sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    )
    op.create_index("ix_mentions_person", "mentions", ["person_id"])
    _kept("likes")
    _kept("bookmarks")


def downgrade() -> None:
    for table in ("bookmarks", "likes", "mentions"):
        op.drop_table(table)
    op.drop_index("ix_posts_home", "posts")
    op.drop_index("ix_posts_reposts", "posts")
    op.execute("DELETE FROM posts WHERE repost_of IS NOT NULL")
    with op.batch_alter_table("posts") as posts:
        posts.drop_column("repost_of")
    op.drop_index("ix_posts_replies", "posts")
    op.drop_column("posts", "reply_to")


def _kept(table: str) -> None:
    op.create_table(
        table,
        sa.Column("person_id", sa.BigInteger, sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("post_id", sa.BigInteger, sa.ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index(f"ix_{table}_post", table, ["post_id"])
    op.create_index(f"ix_{table}_listed", table, ["person_id", "created_at", "post_id"])

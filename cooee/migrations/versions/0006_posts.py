"""Replies, likes, re-posts, mentions, hashtags, bookmarks, search."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from cooee.kit.columns import Words, text_id

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# The words come folded and apart, so that both databases find alike: neither is asked what a word is.
_SEARCH = {
    "sqlite": (
        "CREATE VIRTUAL TABLE post_search USING fts5 (words, content='post_words', content_rowid='post_id',"
        " tokenize='ascii', prefix='1 2 3', detail='none', columnsize=0)",
        "CREATE TRIGGER post_search_add AFTER INSERT ON post_words BEGIN"
        " INSERT INTO post_search (rowid, words) VALUES (new.post_id, new.words); END",
        "CREATE TRIGGER post_search_drop AFTER DELETE ON post_words BEGIN"
        " INSERT INTO post_search (post_search, rowid, words) VALUES ('delete', old.post_id, old.words); END",
    ),
    "postgresql": ("CREATE INDEX post_search ON post_words USING gin (words)",),
}


def upgrade() -> None:
    # Nothing points at posts yet: on SQLite, the copy that this makes loses nothing.
    with op.batch_alter_table("posts") as posts:
        posts.add_column(sa.Column("reply_to", sa.BigInteger))
        posts.add_column(sa.Column("repost_of", sa.BigInteger, _post("fk_posts_repost_of")))
    _index("ix_posts_home", "reply_to IS NULL", "author_id", "id")
    _index("ix_posts_replies", "reply_to IS NOT NULL", "reply_to", "id")
    _index("ix_posts_reposts", "repost_of IS NOT NULL", "repost_of", "author_id", unique=True)
    op.create_table(
        "mentions",
        sa.Column("post_id", sa.BigInteger, _post(), primary_key=True),
        sa.Column("person_id", sa.BigInteger, sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    )
    op.create_index("ix_mentions_person", "mentions", ["person_id"])
    op.create_table(
        "hashtags",
        sa.Column("tag", text_id(), primary_key=True),
        sa.Column("post_id", sa.BigInteger, _post(), primary_key=True),
        sa.Column("written", sa.Text, nullable=False),
    )
    op.create_index("ix_hashtags_post", "hashtags", ["post_id"])
    op.create_table(
        "post_words",
        sa.Column("post_id", sa.BigInteger, _post(), primary_key=True),
        sa.Column("words", Words, nullable=False),
    )
    for statement in _SEARCH[op.get_bind().dialect.name]:
        op.execute(statement)
    _kept("likes")
    _kept("bookmarks")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE post_search")
    for table in ("bookmarks", "likes", "post_words", "hashtags", "mentions"):
        op.drop_table(table)
    op.drop_index("ix_posts_home", "posts")
    op.drop_index("ix_posts_reposts", "posts")
    op.execute("DELETE FROM posts WHERE repost_of IS NOT NULL")
    op.drop_index("ix_posts_replies", "posts")
    with op.batch_alter_table("posts") as posts:
        posts.drop_column("repost_of")
        posts.drop_column("reply_to")


def _index(name: str, of: str, *columns: str, unique: bool = False) -> None:
    where = sa.text(of)
    op.create_index(name, "posts", columns, unique=unique, sqlite_where=where, postgresql_where=where)


def _post(name: str | None = None) -> sa.ForeignKey:
    return sa.ForeignKey("posts.id", name=name, ondelete="CASCADE")


def _kept(table: str) -> None:
    op.create_table(
        table,
        sa.Column("person_id", sa.BigInteger, sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("post_id", sa.BigInteger, _post(), primary_key=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index(f"ix_{table}_post", table, ["post_id"])
    op.create_index(f"ix_{table}_listed", table, ["person_id", "created_at", "post_id"])

"""Posts, and what people do with them."""

from sqlalchemy import Column, ColumnElement, ForeignKey, Index, Table, Text

from cooee.kit.columns import DecimalId, UtcTime, Words, text_id
from cooee.kit.db import metadata

posts = Table(
    "posts",
    metadata,
    Column("id", DecimalId, primary_key=True, autoincrement=False),
    Column("author_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("attachment_kind", Text),
    Column("attachment_id", text_id()),
    # No foreign key: the answers to a post that is gone stay answers, to something that is not there.
    Column("reply_to", DecimalId),
    # A re-post is a post that only points: so it stands in timelines by its own id.
    Column("repost_of", DecimalId, ForeignKey("posts.id", ondelete="CASCADE")),
    Index("ix_posts_author", "author_id", "id"),
)


def _index(name: str, of: ColumnElement[bool], *columns: Column[str], unique: bool = False) -> None:
    """An index of some of the posts. In a whole one, SQLite would look for all the posts that answer nothing."""
    Index(name, *columns, unique=unique, sqlite_where=of, postgresql_where=of)


_index("ix_posts_home", posts.c.reply_to.is_(None), posts.c.author_id, posts.c.id)
_index("ix_posts_replies", posts.c.reply_to.is_not(None), posts.c.reply_to, posts.c.id)
_index("ix_posts_reposts", posts.c.repost_of.is_not(None), posts.c.repost_of, posts.c.author_id, unique=True)

mentions = Table(
    "mentions",
    metadata,
    Column("post_id", DecimalId, ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_mentions_person", "person_id"),
)

hashtags = Table(
    "hashtags",
    metadata,
    # By what it is found: `text.hashtag_key`.
    Column("tag", text_id(), primary_key=True),
    Column("post_id", DecimalId, ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True),
    Column("written", Text, nullable=False),
    Index("ix_hashtags_post", "post_id"),
)

post_words = Table(
    "post_words",
    metadata,
    Column("post_id", DecimalId, ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True),
    Column("words", Words, nullable=False),
)
"""What the index `post_search` is made of: FTS5 on SQLite, GIN on PostgreSQL. It is of the migrations only."""


def _kept(name: str) -> Table:
    return Table(
        name,
        metadata,
        Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
        Column("post_id", DecimalId, ForeignKey("posts.id", ondelete="CASCADE"), primary_key=True),
        Column("created_at", UtcTime, nullable=False),
        Index(f"ix_{name}_post", "post_id"),
        Index(f"ix_{name}_listed", "person_id", "created_at", "post_id"),
    )


likes = _kept("likes")
bookmarks = _kept("bookmarks")

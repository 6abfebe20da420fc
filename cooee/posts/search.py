"""Posts by their words and hashtags: each word asked for begins one of theirs, in any case, with or without accents.

The words are ours (`cooee.kit.words`), the index is the database's: FTS5 on SQLite, GIN on PostgreSQL.
See docs/decisions/0007-our-words-in-their-indexes.md.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, cast, column, insert, select, table

from cooee.kit.columns import DecimalId
from cooee.kit.words import words
from cooee.posts.records import LONGEST, PostRecord
from cooee.posts.tables import hashtags, post_words, posts
from cooee.posts.text import hashtags as hashtags_in

_index = table("post_search", column("rowid", DecimalId), column("post_search"))


def note(tx: Connection, new: Iterable[PostRecord]) -> None:
    """Has new posts found by their words and hashtags."""
    said = [{"post_id": post.id, "words": " ".join(words(post.text, LONGEST))} for post in new if post.text]
    tagged = [
        {"tag": key, "post_id": post.id, "written": written}
        for post in new
        for key, written in hashtags_in(post.text).items()
    ]
    if said:
        tx.execute(insert(post_words), said)
    if tagged:
        tx.execute(insert(hashtags), tagged)


def matching(tx: Connection, asked: Sequence[str]) -> tuple[Select[Any], Any]:
    """The posts that have all of these words, of which there is at least one; and the column to sort them by."""
    if tx.dialect.name == "sqlite":
        question = " AND ".join(f'"{word}" *' for word in asked)
        query = select(posts).select_from(_index).join(posts, posts.c.id == _index.c.rowid)
        return query.where(_index.c.post_search.op("MATCH")(question)), _index.c.rowid
    # Late, so that a node on SQLite does not spend a tenth of a second of its start on it.
    from sqlalchemy.dialects.postgresql import TSQUERY

    question = " & ".join(f"'{word}':*" for word in asked)
    query = select(posts).select_from(post_words).join(posts, posts.c.id == post_words.c.post_id)
    return query.where(post_words.c.words.op("@@")(cast(question, TSQUERY))), posts.c.id

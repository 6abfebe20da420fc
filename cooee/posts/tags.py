"""Hashtags: what people talk about of late."""

from sqlalchemy import Connection, and_, func, select

from cooee.people import relations
from cooee.people.ids import PersonId
from cooee.posts.tables import hashtags, posts

_LATEST = 2_000
"""How many uses are looked at: on a quiet server those of weeks, on a loud one those of minutes."""
_MOST = 10


def of_late(tx: Connection, viewer: PersonId) -> list[tuple[str, int]]:
    """Hashtags of public posts, as some write them, and how many people did so of late; the most used first."""
    latest = select(hashtags).order_by(hashtags.c.post_id.desc(), hashtags.c.tag).limit(_LATEST).subquery()
    author = posts.c.author_id
    seen = and_(relations.readable_by(None, author), ~relations.hidden_from(viewer, author))
    people = func.count(author.distinct())
    query = (
        select(func.max(latest.c.written).label("name"), people.label("people"))
        .join(posts, posts.c.id == latest.c.post_id)
        .where(seen)
        .group_by(latest.c.tag)
        .order_by(people.desc(), func.max(latest.c.post_id).desc())
        .limit(_MOST)
    )
    return [(row.name, row.people) for row in tx.execute(query)]

"""Posts that are passed on: who has, how many, and in what order."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, and_, delete, func, select

from cooee.kit.pages import Asking, cursor_of, cut
from cooee.people import relations
from cooee.people.ids import PersonId
from cooee.posts.records import PostId
from cooee.posts.tables import posts


def remove(tx: Connection, of: PostId, person: PersonId) -> None:
    """`person` no longer passes the post on, if they did."""
    tx.execute(delete(posts).where(posts.c.repost_of == of, posts.c.author_id == person))


def is_reposted(tx: Connection, of: PostId, person: PersonId) -> bool:
    """Whether `person` passes the post on."""
    return bool(reposted(tx, person, [of]))


def reposted(tx: Connection, person: PersonId, among: Collection[PostId]) -> set[PostId]:
    """Those of the posts that `person` passes on."""
    query = select(posts.c.repost_of).where(posts.c.author_id == person, posts.c.repost_of.in_(among))
    return set(tx.execute(query).scalars())


def counts(tx: Connection, among: Collection[PostId]) -> Mapping[PostId, int]:
    """How many people pass on each of the posts; a post that nobody passes on is left out."""
    query = select(posts.c.repost_of, func.count().label("many")).where(posts.c.repost_of.in_(among))
    return {row.repost_of: row.many for row in tx.execute(query.group_by(posts.c.repost_of))}


def by_whom(tx: Connection, of: PostId, viewer: PersonId, page: Asking) -> tuple[list[PersonId], str | None]:
    """Who passes a post on, as far as `viewer` may know: the latest first, and the cursor of the next page."""
    by = posts.c.author_id
    among = and_(relations.readable_by(viewer, by), ~relations.apart_from(viewer, by))
    query = select(posts.c.id, by).where(posts.c.repost_of == of, among).order_by(posts.c.id.desc())
    if (after := page.numbers(1)) is not None:
        query = query.where(posts.c.id < str(after[0]))
    shown, last = cut(tx.execute(query.limit(page.limit + 1)).all(), page.limit)
    return [row.author_id for row in shown], None if last is None else cursor_of(int(last.id))

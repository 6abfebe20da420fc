"""Posts that answer posts: what stands above one, and what below."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, func, select

from cooee.kit.pages import Asking, cursor_of, cut
from cooee.people.ids import PersonId
from cooee.posts import store
from cooee.posts.records import PostId, PostRecord
from cooee.posts.tables import posts

MOST_ABOVE = 20


def above(tx: Connection, post: PostRecord, viewer: PersonId) -> tuple[list[PostRecord], bool]:
    """What leads to a post, the first first; and whether it begins with something that is not there for `viewer`."""
    chain: list[PostRecord] = []
    wanted = post.reply_to
    while wanted is not None and len(chain) < MOST_ABOVE:
        found = store.post(tx, wanted, viewer)
        if found is None:
            return chain[::-1], True
        chain.append(found)
        wanted = found.reply_to
    return chain[::-1], False


def replies(tx: Connection, to: PostId, viewer: PersonId, page: Asking) -> tuple[list[PostRecord], str | None]:
    """A page of the answers to a post, the oldest first, and the cursor of the next page."""
    query = select(posts).where(posts.c.reply_to == to, store.seen(viewer)).order_by(posts.c.id)
    if (after := page.numbers(1)) is not None:
        query = query.where(posts.c.id > str(after[0]))
    rows = tx.execute(query.limit(page.limit + 1))
    shown, last = cut([store.record(row) for row in rows], page.limit)
    return list(shown), None if last is None else cursor_of(int(last.id))


def has_replies(tx: Connection, to: PostId, viewer: PersonId) -> bool:
    """Whether anything answers it that `viewer` sees."""
    query = select(posts.c.id).where(posts.c.reply_to == to, store.seen(viewer)).limit(1)
    return tx.execute(query).one_or_none() is not None


def counts(tx: Connection, among: Collection[PostId]) -> Mapping[PostId, int]:
    """How many posts answer each of these; a post that nothing answers is left out."""
    query = select(posts.c.reply_to, func.count().label("many")).where(posts.c.reply_to.in_(among))
    return {row.reply_to: row.many for row in tx.execute(query.group_by(posts.c.reply_to))}

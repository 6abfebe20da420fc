"""Timelines: posts and re-posts of many people, newest first, each post once.

A re-post stands where it came; not if the post is in the timeline anyway, or an earlier re-post is: what one reads
never moves while others pass it on.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    Select,
    Subquery,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
)

from cooee.kit.columns import DecimalId
from cooee.kit.pages import Asking, cursor_of, cut
from cooee.people import relations
from cooee.people.ids import PersonId
from cooee.people.tables import follows
from cooee.posts import store
from cooee.posts.records import PostRecord
from cooee.posts.tables import hashtags, posts

Sources = CompoundSelect[tuple[str]]


def home(tx: Connection, viewer: PersonId, page: Asking) -> tuple[list[PostRecord], str | None]:
    """A page of the posts and re-posts of `viewer` and of those they follow, and the cursor of the next page.

    Answers stand in their thread.
    """
    followed = select(follows.c.followed_id.label("id")).where(follows.c.follower_id == viewer)
    sources = followed.union_all(select(literal(viewer, DecimalId).label("id")))
    which = and_(_new_to(viewer, sources), store.seen(viewer), _original_seen(viewer))
    return _page(tx, sources, which, page)


def by_author(tx: Connection, author: PersonId, viewer: PersonId, page: Asking) -> tuple[list[PostRecord], str | None]:
    """A page of one person's posts and re-posts, and the cursor of the next page. Answers are a list of their own."""
    own = posts.alias()
    there = exists().where(own.c.id == posts.c.repost_of, own.c.reply_to.is_(None), own.c.author_id == author)
    top = and_(posts.c.author_id == author, posts.c.reply_to.is_(None), ~there)
    return store.page(tx, and_(top, store.may_read(viewer), _original_seen(viewer)), page)


def replies_by(tx: Connection, author: PersonId, viewer: PersonId, page: Asking) -> tuple[list[PostRecord], str | None]:
    """A page of what one person has answered, and the cursor of the next page."""
    which = and_(posts.c.author_id == author, posts.c.reply_to.is_not(None), store.may_read(viewer))
    return store.page(tx, which, page)


def of_hashtag(tx: Connection, key: str, viewer: PersonId, page: Asking) -> tuple[list[PostRecord], str | None]:
    """A page of what is said under a hashtag, answers too, and the cursor of the next page."""
    query = select(posts).join(hashtags, hashtags.c.post_id == posts.c.id)
    return store.page_of(tx, query.where(hashtags.c.tag == key, store.seen(viewer)), hashtags.c.post_id, page)


def _page(
    tx: Connection, sources: Sources, which: ColumnElement[bool], page: Asking
) -> tuple[list[PostRecord], str | None]:
    """Reads down from the cursor, span by span, each of which holds about a page, until the page is full."""
    after = page.numbers(1)
    before = str(after[0]) if after else None
    rows: list[Row[Any]] = []
    many = page.limit + 1
    while len(rows) <= page.limit:
        since = _span(tx, sources, before, many)
        among = posts.c.author_id.in_(select(sources.subquery().c.id))
        query = select(posts).where(among, _top(before, since), which).order_by(posts.c.id.desc())
        rows += tx.execute(query.limit(page.limit + 1 - len(rows))).all()
        if since is None:
            break
        # What is hidden may be much: the next span is wider.
        before, many = since, 4 * many
    shown, last = cut([store.record(row) for row in rows], page.limit)
    return list(shown), None if last is None else cursor_of(int(last.id))


def _span(tx: Connection, sources: Sources, before: str | None, many: int) -> str | None:
    """An id from which up to `before` the sources have posted at least `many` times, and not much more.

    It costs a look into the index for each source, however much they have posted. None: they have not posted so often.
    """
    source = sources.subquery()
    newest = _of(source, func.max(posts.c.id), before).scalar_subquery()
    latest = select(newest.label("id")).select_from(source).subquery()
    found = select(latest.c.id).where(latest.c.id.is_not(None)).order_by(latest.c.id.desc()).limit(many)
    ids: list[str] = list(tx.execute(found).scalars())
    if len(ids) == many:
        return ids[-1]
    deep = _of(source, posts.c.id, before).order_by(posts.c.id.desc()).limit(1).offset(many - 1).scalar_subquery()
    deepest = select(deep.label("id")).select_from(source).subquery()
    since: str | None = tx.execute(select(func.max(deepest.c.id, type_=DecimalId))).scalar_one()
    return since


def _of(source: Subquery, what: ColumnElement[Any], before: str | None) -> Select[Any]:
    return select(what).where(posts.c.author_id == source.c.id, _top(before))


def _top(before: str | None, since: str | None = None) -> ColumnElement[bool]:
    """What stands in timelines, of a span of time."""
    span = [posts.c.id < before] if before else []
    span += [posts.c.id >= since] if since else []
    return and_(posts.c.reply_to.is_(None), *span)


def _new_to(viewer: PersonId, sources: Sources) -> ColumnElement[bool]:
    """Not a re-post of what stands in this timeline anyway, or of what was passed on to it before."""
    original, earlier = posts.alias(), posts.alias()

    def among(author: ColumnElement[str]) -> ColumnElement[bool]:
        followed = exists().where(follows.c.follower_id == viewer, follows.c.followed_id == author)
        return or_(author == viewer, followed)

    there = exists().where(
        original.c.id == posts.c.repost_of, original.c.reply_to.is_(None), among(original.c.author_id)
    )
    passed_on = exists().where(
        earlier.c.repost_of == posts.c.repost_of,
        earlier.c.id < posts.c.id,
        among(earlier.c.author_id),
        relations.present(earlier.c.author_id),
        ~relations.hidden_from(viewer, earlier.c.author_id),
    )
    return or_(posts.c.repost_of.is_(None), and_(~there, ~passed_on))


def _original_seen(viewer: PersonId) -> ColumnElement[bool]:
    """Not a re-post of what `viewer` may not read, or from somebody whom they muted."""
    original = posts.alias()
    author = original.c.author_id
    readable = and_(relations.readable_by(viewer, author), ~relations.hidden_from(viewer, author))
    return or_(posts.c.repost_of.is_(None), exists().where(original.c.id == posts.c.repost_of, readable))

"""Likes and bookmarks: what a person has marked, when, and how many have."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, Table, and_, delete, func, or_, select

from cooee.kit.clock import from_ms, to_ms
from cooee.kit.db import insert_new
from cooee.kit.pages import Asking, cursor_of, cut
from cooee.people import relations
from cooee.people.ids import PersonId
from cooee.posts import store
from cooee.posts.records import PostId, PostRecord
from cooee.posts.tables import bookmarks, likes, posts


def add(tx: Connection, marks: Table, person: PersonId, post: PostId, now: datetime) -> bool:
    """`person` marks the post; False if so already."""
    return insert_new(tx, marks, {"person_id": person, "post_id": post, "created_at": now})


def remove(tx: Connection, marks: Table, person: PersonId, post: PostId) -> None:
    """`person` takes the mark back, if there is one."""
    tx.execute(delete(marks).where(marks.c.person_id == person, marks.c.post_id == post))


def marked(tx: Connection, marks: Table, person: PersonId, among: Collection[PostId]) -> set[PostId]:
    """Those of the posts that `person` has marked."""
    query = select(marks.c.post_id).where(marks.c.person_id == person, marks.c.post_id.in_(among))
    return set(tx.execute(query).scalars())


def counts(tx: Connection, among: Collection[PostId]) -> Mapping[PostId, int]:
    """How many people like each of the posts; a post that nobody likes is left out."""
    query = select(likes.c.post_id, func.count().label("many")).where(likes.c.post_id.in_(among))
    return {row.post_id: row.many for row in tx.execute(query.group_by(likes.c.post_id))}


def bookmarked(tx: Connection, viewer: PersonId, page: Asking) -> tuple[list[PostRecord], str | None]:
    """A page of what `viewer` has bookmarked and may still read, the latest bookmark first."""
    since, id = bookmarks.c.created_at, posts.c.id
    query = (
        select(posts, since.label("marked_at"))
        .join(bookmarks, bookmarks.c.post_id == id)
        .where(bookmarks.c.person_id == viewer, store.may_read(viewer))
        .order_by(since.desc(), id.desc())
    )
    if (after := page.numbers(2)) is not None:
        moment, last = from_ms(after[0]), str(after[1])
        query = query.where(or_(since < moment, and_(since == moment, id < last)))
    shown, end = cut(tx.execute(query.limit(page.limit + 1)).all(), page.limit)
    cursor = None if end is None else cursor_of(to_ms(end.marked_at), int(end.id))
    return [store.record(row) for row in shown], cursor


def likers(tx: Connection, post: PostId, viewer: PersonId, page: Asking) -> tuple[list[PersonId], str | None]:
    """Who likes a post, as far as `viewer` may know: the latest first, and the cursor of the next page."""
    since, by = likes.c.created_at, likes.c.person_id
    among = and_(relations.present(by), ~relations.apart_from(viewer, by))
    query = select(by, since).where(likes.c.post_id == post, among).order_by(since.desc(), by.desc())
    if (after := page.numbers(2)) is not None:
        moment, last = from_ms(after[0]), str(after[1])
        query = query.where(or_(since < moment, and_(since == moment, by < last)))
    shown, end = cut(tx.execute(query.limit(page.limit + 1)).all(), page.limit)
    cursor = None if end is None else cursor_of(to_ms(end.created_at), int(end.person_id))
    return [row.person_id for row in shown], cursor

"""Reading and writing posts."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, insert, select

from cooee.kit.db import insert_new
from cooee.kit.pages import Asking, cursor_of, cut
from cooee.people import relations
from cooee.people.cards import Attachment
from cooee.people.ids import PersonId
from cooee.people.tables import people
from cooee.posts import search
from cooee.posts.records import PostId, PostRecord
from cooee.posts.tables import mentions, posts


def insert_post(tx: Connection, post: PostRecord) -> bool:
    """False if the id is taken."""
    if not insert_new(tx, posts, _values(post)):
        return False
    search.note(tx, [post])
    return True


def insert_posts(tx: Connection, many: Collection[PostRecord]) -> None:
    """Many at once."""
    if many:
        tx.execute(insert(posts), [_values(post) for post in many])
        search.note(tx, many)


def mention(tx: Connection, post: PostRecord, usernames: Collection[str]) -> list[PersonId]:
    """Notes whom a post calls: those of `usernames` who are there and in no block with the author. Not oneself."""
    if not usernames:
        return []
    query = select(people.c.id).where(
        people.c.username.in_(usernames),
        people.c.id != post.author_id,
        relations.there(people),
        ~relations.apart_from(post.author_id, people.c.id),
    )
    called = list(tx.execute(query.order_by(people.c.id)).scalars())
    if called:
        tx.execute(insert(mentions), [{"post_id": post.id, "person_id": person} for person in called])
    return called


def post(tx: Connection, id: PostId, viewer: PersonId) -> PostRecord | None:
    """The post with this id, if `viewer` may read it. A re-post is none."""
    row = tx.execute(select(posts).where(posts.c.id == id, posts.c.repost_of.is_(None), may_read(viewer))).one_or_none()
    return None if row is None else record(row)


def of_ids(tx: Connection, ids: Collection[PostId]) -> dict[PostId, PostRecord]:
    """The posts with these ids; for those who have made sure that they may be read."""
    rows = tx.execute(select(posts).where(posts.c.id.in_(ids))) if ids else ()
    return {row.id: record(row) for row in rows}


def delete_post(tx: Connection, id: PostId) -> None:
    """Deletes a post, if it is there."""
    tx.execute(delete(posts).where(posts.c.id == id))


def may_read(viewer: PersonId) -> ColumnElement[bool]:
    """The posts that `viewer` may read when they ask for them by name."""
    author = posts.c.author_id
    return and_(relations.readable_by(viewer, author), ~relations.apart_from(viewer, author))


def seen(viewer: PersonId) -> ColumnElement[bool]:
    """The posts that stand in lists of `viewer`: what they may read, but for those whom they muted."""
    author = posts.c.author_id
    return and_(relations.readable_by(viewer, author), ~relations.hidden_from(viewer, author))


def page(tx: Connection, which: ColumnElement[bool], page: Asking) -> tuple[list[PostRecord], str | None]:
    """A page of some of the posts, newest first, and the cursor of the next page."""
    return page_of(tx, select(posts).where(which), posts.c.id, page)


def page_of(
    tx: Connection, query: Select[Any], id: ColumnElement[str], page: Asking
) -> tuple[list[PostRecord], str | None]:
    """A page of what a query of posts gives, newest first by the column `id`, and the cursor of the next page."""
    if (after := page.numbers(1)) is not None:
        query = query.where(id < str(after[0]))
    rows = tx.execute(query.order_by(id.desc()).limit(page.limit + 1))
    shown, last = cut([record(row) for row in rows], page.limit)
    return list(shown), None if last is None else cursor_of(int(last.id))


def _values(post: PostRecord) -> dict[str, Any]:
    return {
        "id": post.id,
        "author_id": post.author_id,
        "text": post.text,
        "created_at": post.created_at,
        "attachment_kind": post.attachment and post.attachment.kind,
        "attachment_id": post.attachment and post.attachment.id,
        "reply_to": post.reply_to,
        "repost_of": post.repost_of,
    }


def record(row: Row[Any]) -> PostRecord:
    """A row of `posts`."""
    attachment = Attachment(row.attachment_kind, row.attachment_id) if row.attachment_kind else None
    return PostRecord(row.id, row.author_id, row.text, row.created_at, attachment, row.reply_to, row.repost_of)

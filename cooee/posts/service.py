"""Posting and reading: one unit of work each."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from cooee.kit.ids import Ids
from cooee.kit.pages import Asking
from cooee.people import service as people
from cooee.people.cards import Attachment, Attachments
from cooee.people.errors import AttachmentNotFound
from cooee.people.ids import PersonId
from cooee.people.questions import Questions
from cooee.posts import facts, kept, store, text, threads
from cooee.posts.errors import NotYourPost, PostEmpty, PostNotFound
from cooee.posts.records import PostId, PostRecord
from cooee.posts.shapes import NewPost, Post, PostPage, Thread
from cooee.posts.tables import bookmarks, likes

_TRIES = 5


def write_post(
    tx: Connection, author: PersonId, new: NewPost, ids: Ids, now: datetime, asks: Attachments
) -> PostRecord:
    """Makes a post.

    Raises:
        PostEmpty: it says nothing.
        AttachmentNotFound: it points at nothing that the author may see.
        PostNotFound: it answers nothing that the author may see.
    """
    if not new.text and new.attachment is None:
        raise PostEmpty
    attachment = Attachment(new.attachment.kind, new.attachment.id) if new.attachment else None
    if attachment and attachment not in asks(tx, [attachment], author):
        raise AttachmentNotFound
    to = _found(tx, new.reply_to, author).author_id if new.reply_to else None
    for _ in range(_TRIES):
        post = PostRecord(PostId(ids.decimal()), author, new.text, now, attachment, new.reply_to)
        if store.insert_post(tx, post):
            _tell(tx, post, to, now)
            return post
    raise AssertionError("22 random bits do not collide five times in a row")


def _tell(tx: Connection, post: PostRecord, to: PersonId | None, now: datetime) -> None:
    """Has those hear of it whom a post answers or calls: each once."""
    if to is not None:
        facts.replied(tx, post, to, now)
    for person in store.mention(tx, post, text.mentioned(post.text)):
        if person != to:
            facts.mentioned(tx, post, person, now)


def delete_post(tx: Connection, id: PostId, me: PersonId) -> None:
    """Deletes one's own post.

    Raises:
        PostNotFound: it does not exist.
        NotYourPost: it is somebody else's.
    """
    if _found(tx, id, me).author_id != me:
        raise NotYourPost
    store.delete_post(tx, id)


def one_post(tx: Connection, id: PostId, viewer: PersonId, people_asks: Questions, asks: Attachments) -> Post:
    """A post, as `viewer` sees it.

    Raises:
        PostNotFound: it does not exist.
    """
    return _shaped(tx, [_found(tx, id, viewer)], viewer, people_asks, asks)[0]


def thread(tx: Connection, id: PostId, viewer: PersonId, people_asks: Questions, asks: Attachments) -> Thread:
    """A post and what it answers.

    Raises:
        PostNotFound: it does not exist, and nothing answers it.
    """
    post = store.post(tx, id, viewer)
    if post is None:
        if not threads.has_replies(tx, id, viewer):
            raise PostNotFound
        return Thread(above=[], gone_above=False, post=None)
    above, gone = threads.above(tx, post, viewer)
    *shaped, last = _shaped(tx, [*above, post], viewer, people_asks, asks)
    return Thread(above=shaped, gone_above=gone, post=last)


def replies(
    tx: Connection, to: PostId, viewer: PersonId, page: Asking, people_asks: Questions, asks: Attachments
) -> PostPage:
    """A page of the answers to a post, which may itself be gone."""
    records, cursor = threads.replies(tx, to, viewer, page)
    return PostPage(items=_shaped(tx, records, viewer, people_asks, asks), next=cursor)


def like(tx: Connection, id: PostId, me: PersonId, now: datetime) -> None:
    """Likes a post; the author hears of it.

    Raises:
        PostNotFound: it does not exist.
    """
    post = _found(tx, id, me)
    if kept.add(tx, likes, me, id, now):
        facts.liked(tx, post, me, now)


def unlike(tx: Connection, id: PostId, me: PersonId) -> None:
    """Likes a post no longer.

    Raises:
        PostNotFound: it does not exist.
    """
    kept.remove(tx, likes, me, _found(tx, id, me).id)


def bookmark(tx: Connection, id: PostId, me: PersonId, now: datetime) -> None:
    """Bookmarks a post; nobody hears of it.

    Raises:
        PostNotFound: it does not exist.
    """
    kept.add(tx, bookmarks, me, _found(tx, id, me).id, now)


def unbookmark(tx: Connection, id: PostId, me: PersonId) -> None:
    """Takes a bookmark back.

    Raises:
        PostNotFound: the post does not exist.
    """
    kept.remove(tx, bookmarks, me, _found(tx, id, me).id)


def bookmarked(tx: Connection, viewer: PersonId, page: Asking, people_asks: Questions, asks: Attachments) -> PostPage:
    """A page of what one has bookmarked."""
    records, cursor = kept.bookmarked(tx, viewer, page)
    return PostPage(items=_shaped(tx, records, viewer, people_asks, asks), next=cursor)


def timeline(tx: Connection, viewer: PersonId, page: Asking, people_asks: Questions, asks: Attachments) -> PostPage:
    """A page of the home timeline."""
    records, cursor = store.home(tx, viewer, page)
    return PostPage(items=_shaped(tx, records, viewer, people_asks, asks), next=cursor)


def posts_of(
    tx: Connection, author: PersonId, viewer: PersonId, page: Asking, people_asks: Questions, asks: Attachments
) -> PostPage:
    """A page of somebody's posts.

    Raises:
        PersonNotFound: there is no such person.
    """
    people.person_by_id(tx, author)
    records, cursor = store.by_author(tx, author, viewer, page)
    return PostPage(items=_shaped(tx, records, viewer, people_asks, asks), next=cursor)


def _found(tx: Connection, id: PostId, viewer: PersonId) -> PostRecord:
    post = store.post(tx, id, viewer)
    if post is None:
        raise PostNotFound
    return post


def _shaped(
    tx: Connection, records: Sequence[PostRecord], viewer: PersonId, people_asks: Questions, asks: Attachments
) -> list[Post]:
    authors = people.persons(tx, {record.author_id for record in records}, people_asks)
    attached = {record.attachment for record in records if record.attachment}
    cards = asks(tx, attached, viewer) if attached else {}
    among = [record.id for record in records]
    counted, answered = kept.counts(tx, among), threads.counts(tx, among)
    liked, noted = kept.marked(tx, likes, viewer, among), kept.marked(tx, bookmarks, viewer, among)
    return [
        Post(
            id=record.id,
            author=authors[record.author_id],
            text=record.text,
            created_at=record.created_at,
            attachment=cards.get(record.attachment) if record.attachment else None,
            reply_to=record.reply_to,
            replies=answered.get(record.id, 0),
            likes=counted.get(record.id, 0),
            liked_by_me=record.id in liked,
            bookmarked_by_me=record.id in noted,
        )
        for record in records
    ]

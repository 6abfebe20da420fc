"""Posting, and what one does with posts: one unit of work each."""

from datetime import datetime

from sqlalchemy import Connection

from cooee.kit.ids import Ids
from cooee.people import relations
from cooee.people.cards import Attachment, Attachments
from cooee.people.errors import AttachmentNotFound
from cooee.people.ids import PersonId
from cooee.posts import facts, kept, reposts, store, text
from cooee.posts.errors import NotYourPost, PostEmpty, PostNotFound, PostProtected
from cooee.posts.questions import OnStage
from cooee.posts.records import PostId, PostRecord
from cooee.posts.shapes import NewPost
from cooee.posts.tables import bookmarks, likes

_TRIES = 5


def write_post(
    tx: Connection,
    author: PersonId,
    new: NewPost,
    ids: Ids,
    now: datetime,
    asks: Attachments,
    on_stage: OnStage,
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
    to = found(tx, new.reply_to, author).author_id if new.reply_to else None
    for _ in range(_TRIES):
        post = PostRecord(PostId(ids.decimal()), author, new.text, now, attachment, new.reply_to)
        if store.insert_post(tx, post):
            _tell(tx, post, to, now, on_stage)
            return post
    raise AssertionError("22 random bits do not collide five times in a row")


def _tell(tx: Connection, post: PostRecord, to: PersonId | None, now: datetime, on_stage: OnStage) -> None:
    """Has those hear of it whom a post answers or calls, each once, and the rooms on whose stage its author is."""
    if to is not None:
        facts.replied(tx, post, to, now)
    elif on_stage(tx, post.author_id):
        facts.written(tx, post, now)
    for person in store.mention(tx, post, text.mentioned(post.text)):
        if person != to:
            facts.mentioned(tx, post, person, now)


def delete_post(tx: Connection, id: PostId, me: PersonId, now: datetime) -> None:
    """Deletes one's own post.

    Raises:
        PostNotFound: it does not exist.
        NotYourPost: it is somebody else's.
    """
    if found(tx, id, me).author_id != me:
        raise NotYourPost
    remove(tx, id, now)


def remove(tx: Connection, id: PostId, now: datetime) -> None:
    """Deletes a post, whosever it is, and whether it is still there or not."""
    store.delete_post(tx, id)
    facts.deleted(tx, id, now)


def like(tx: Connection, id: PostId, me: PersonId, now: datetime) -> None:
    """Likes a post; the author hears of it.

    Raises:
        PostNotFound: it does not exist.
    """
    post = found(tx, id, me)
    if kept.add(tx, likes, me, id, now):
        facts.liked(tx, post, me, now)


def unlike(tx: Connection, id: PostId, me: PersonId) -> None:
    """Likes a post no longer.

    Raises:
        PostNotFound: it does not exist.
    """
    kept.remove(tx, likes, me, found(tx, id, me).id)


def repost(tx: Connection, id: PostId, me: PersonId, ids: Ids, now: datetime) -> None:
    """Passes a post on to one's followers; the author hears of it.

    Raises:
        PostNotFound: it does not exist.
        PostProtected: it is for the followers of somebody else.
    """
    post = found(tx, id, me)
    if post.author_id != me and relations.is_protected(tx, post.author_id):
        raise PostProtected
    for _ in range(_TRIES):
        if reposts.is_reposted(tx, id, me):
            return
        if store.insert_post(tx, PostRecord(PostId(ids.decimal()), me, "", now, None, repost_of=id)):
            facts.reposted(tx, post, me, now)
            return
    raise AssertionError("22 random bits do not collide five times in a row")


def take_repost_back(tx: Connection, id: PostId, me: PersonId) -> None:
    """Passes a post on no longer.

    Raises:
        PostNotFound: it does not exist.
    """
    reposts.remove(tx, found(tx, id, me).id, me)


def bookmark(tx: Connection, id: PostId, me: PersonId, now: datetime) -> None:
    """Bookmarks a post; nobody hears of it.

    Raises:
        PostNotFound: it does not exist.
    """
    kept.add(tx, bookmarks, me, found(tx, id, me).id, now)


def unbookmark(tx: Connection, id: PostId, me: PersonId) -> None:
    """Takes a bookmark back.

    Raises:
        PostNotFound: the post does not exist.
    """
    kept.remove(tx, bookmarks, me, found(tx, id, me).id)


def found(tx: Connection, id: PostId, viewer: PersonId) -> PostRecord:
    """A post that `viewer` may read.

    Raises:
        PostNotFound: there is none.
    """
    post = store.post(tx, id, viewer)
    if post is None:
        raise PostNotFound
    return post

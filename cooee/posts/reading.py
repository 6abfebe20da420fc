"""Posts as somebody reads them: one unit of work each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from cooee.kit.pages import Asking
from cooee.kit.words import words
from cooee.people import service as people
from cooee.people.cards import Attachments
from cooee.people.ids import PersonId
from cooee.people.questions import Questions
from cooee.people.shapes import PersonPage
from cooee.posts import kept, reposts, search, service, store, tags, threads, timelines
from cooee.posts.errors import PostNotFound
from cooee.posts.records import PostId, PostRecord
from cooee.posts.shapes import Hashtag, Hashtags, Post, PostPage, Thread
from cooee.posts.tables import bookmarks, likes
from cooee.posts.text import hashtag_key

_MOST_ASKED = 10

Shelf = Literal["posts", "replies"]
"""What of a person's: posts and re-posts, or what they answered."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, and who is asked for what posts do not know."""

    viewer: PersonId
    people: Questions
    cards: Attachments


def one(tx: Connection, id: PostId, reader: Reader) -> Post:
    """A post.

    Raises:
        PostNotFound: it does not exist.
    """
    return shaped(tx, [service.found(tx, id, reader.viewer)], reader)[0]


def thread(tx: Connection, id: PostId, reader: Reader) -> Thread:
    """A post and what it answers.

    Raises:
        PostNotFound: it does not exist, and nothing answers it.
    """
    post = store.post(tx, id, reader.viewer)
    if post is None:
        if not threads.has_replies(tx, id, reader.viewer):
            raise PostNotFound
        return Thread(above=[], gone_above=False, post=None)
    above, gone = threads.above(tx, post, reader.viewer)
    *before, last = shaped(tx, [*above, post], reader)
    return Thread(above=before, gone_above=gone, post=last)


def replies(tx: Connection, to: PostId, reader: Reader, page: Asking) -> PostPage:
    """A page of the answers to a post, which may itself be gone."""
    return _page(tx, threads.replies(tx, to, reader.viewer, page), reader)


def bookmarked(tx: Connection, reader: Reader, page: Asking) -> PostPage:
    """A page of what one has bookmarked."""
    return _page(tx, kept.bookmarked(tx, reader.viewer, page), reader)


def timeline(tx: Connection, reader: Reader, page: Asking) -> PostPage:
    """A page of the home timeline."""
    return _page(tx, timelines.home(tx, reader.viewer, page), reader)


def posts_of(tx: Connection, author: PersonId, shelf: Shelf, reader: Reader, page: Asking) -> PostPage:
    """A page of what somebody wrote.

    Raises:
        PersonNotFound: there is no such person.
    """
    people.person_by_id(tx, author)
    listed = timelines.by_author if shelf == "posts" else timelines.replies_by
    return _page(tx, listed(tx, author, reader.viewer, page), reader)


def of_hashtag(tx: Connection, tag: str, reader: Reader, page: Asking) -> PostPage:
    """A page of what is said under a hashtag, however it is written."""
    return _page(tx, timelines.of_hashtag(tx, hashtag_key(tag), reader.viewer, page), reader)


def hashtags_now(tx: Connection, reader: Reader) -> Hashtags:
    """What people talk about of late."""
    return Hashtags(items=[Hashtag(name=name, people=many) for name, many in tags.of_late(tx, reader.viewer)])


def found(tx: Connection, question: str, reader: Reader, page: Asking) -> PostPage:
    """A page of the posts that have all words of a question, or words that begin so."""
    asked = words(question, _MOST_ASKED)
    if not asked:
        return PostPage(items=[], next=None)
    query, id = search.matching(tx, asked)
    return _page(tx, store.page_of(tx, query.where(store.seen(reader.viewer)), id, page), reader)


def reposters(tx: Connection, id: PostId, reader: Reader, page: Asking) -> PersonPage:
    """A page of those who pass a post on.

    Raises:
        PostNotFound: it does not exist.
    """
    service.found(tx, id, reader.viewer)
    return people.page_of(tx, reposts.by_whom(tx, id, reader.viewer, page), reader.viewer, reader.people)


def likers(tx: Connection, id: PostId, reader: Reader, page: Asking) -> PersonPage:
    """A page of those who like a post.

    Raises:
        PostNotFound: it does not exist.
    """
    service.found(tx, id, reader.viewer)
    return people.page_of(tx, kept.likers(tx, id, reader.viewer, page), reader.viewer, reader.people)


def _page(tx: Connection, found: tuple[Sequence[PostRecord], str | None], reader: Reader) -> PostPage:
    records, cursor = found
    return PostPage(items=shaped(tx, records, reader), next=cursor)


def shaped(tx: Connection, listed: Sequence[PostRecord], reader: Reader) -> list[Post]:
    """Posts as they go over the wire; for a re-post, what it passes on."""
    originals = store.of_ids(tx, {record.repost_of for record in listed if record.repost_of})
    shown = [originals[record.repost_of] if record.repost_of else record for record in listed]
    faces = people.persons(tx, {record.author_id for record in (*listed, *shown)}, reader.people, reader.viewer)
    attached = {record.attachment for record in shown if record.attachment}
    cards = reader.cards(tx, attached, reader.viewer) if attached else {}
    among = [record.id for record in shown]
    answers, passed_on, liked = threads.counts(tx, among), reposts.counts(tx, among), kept.counts(tx, among)
    mine = reposts.reposted(tx, reader.viewer, among)
    likes_it = kept.marked(tx, likes, reader.viewer, among)
    keeps_it = kept.marked(tx, bookmarks, reader.viewer, among)
    return [
        Post(
            id=record.id,
            author=faces[record.author_id],
            text=record.text,
            created_at=record.created_at,
            attachment=cards.get(record.attachment) if record.attachment else None,
            reply_to=record.reply_to,
            replies=answers.get(record.id, 0),
            reposts=passed_on.get(record.id, 0),
            reposted_by_me=record.id in mine,
            reposted_by=faces[entry.author_id] if entry.repost_of else None,
            likes=liked.get(record.id, 0),
            liked_by_me=record.id in likes_it,
            bookmarked_by_me=record.id in keeps_it,
        )
        for entry, record in zip(listed, shown, strict=True)
    ]

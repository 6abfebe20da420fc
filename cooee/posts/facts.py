"""What others may want to hear of posts: the outbox's topics, each with the shape of its payload. Ids are strings."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from cooee.kit import outbox
from cooee.people.ids import PersonId
from cooee.posts.records import PostId, PostRecord

MENTIONED: Final = "posts.mentioned"
"""`{post, by, person}`: `by` calls `person` in the post."""

REPLIED: Final = "posts.replied"
"""`{post, by, person}`: `post`, by `by`, answers a post of `person`."""

LIKED: Final = "posts.liked"
"""`{post, by, person}`: `by` likes the post of `person`."""

REPOSTED: Final = "posts.reposted"
"""`{post, by, person}`: `by` passes on the post of `person`."""

WRITTEN: Final = "posts.written"
"""`{post, by}`: `by`, who is on stage in a live Space, has posted; not an answer, not a re-post."""

DELETED: Final = "posts.deleted"
"""`{post}`"""


def written(tx: Connection, post: PostRecord, now: datetime) -> None:
    """Somebody on stage has posted."""
    outbox.put(tx, f"{WRITTEN}:{post.id}", WRITTEN, {"post": post.id, "by": post.author_id}, now)


def deleted(tx: Connection, post: PostId, now: datetime) -> None:
    """A post is gone."""
    outbox.put(tx, f"{DELETED}:{post}", DELETED, {"post": post}, now)


def mentioned(tx: Connection, post: PostRecord, person: PersonId, now: datetime) -> None:
    """A post calls somebody."""
    payload = {"post": post.id, "by": post.author_id, "person": person}
    outbox.put(tx, f"{MENTIONED}:{post.id}:{person}", MENTIONED, payload, now)


def replied(tx: Connection, reply: PostRecord, to: PersonId, now: datetime) -> None:
    """A post answers somebody else's."""
    if to != reply.author_id:
        payload = {"post": reply.id, "by": reply.author_id, "person": to}
        outbox.put(tx, f"{REPLIED}:{reply.id}", REPLIED, payload, now)


def liked(tx: Connection, post: PostRecord, by: PersonId, now: datetime) -> None:
    """Somebody likes somebody else's post."""
    if by != post.author_id:
        payload = {"post": post.id, "by": by, "person": post.author_id}
        outbox.put(tx, f"{LIKED}:{post.id}:{by}", LIKED, payload, now)


def reposted(tx: Connection, post: PostRecord, by: PersonId, now: datetime) -> None:
    """Somebody passes on somebody else's post."""
    if by != post.author_id:
        payload = {"post": post.id, "by": by, "person": post.author_id}
        outbox.put(tx, f"{REPOSTED}:{post.id}:{by}", REPOSTED, payload, now)

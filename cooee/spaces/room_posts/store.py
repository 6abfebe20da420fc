"""Which posts belong to which rooms."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, Row, Select, delete, select, update

from cooee.kit.db import insert_new
from cooee.kit.pages import Asking
from cooee.people import relations
from cooee.people.ids import PersonId
from cooee.posts import store as posts_store
from cooee.posts.records import PostId, PostRecord
from cooee.posts.tables import posts
from cooee.spaces.state import Role, SpaceId
from cooee.spaces.tables import room_posts


@dataclass(frozen=True, slots=True)
class RoomPost:
    """A post in a room; `role` is what its author was there when it was written."""

    post: PostRecord
    role: Role


def add(tx: Connection, space: SpaceId, post: PostRecord, role: Role) -> bool:
    """Puts a post into a room; False if it is there already."""
    values = {"space_id": space, "post_id": post.id, "author_id": post.author_id, "role": role, "pinned": False}
    return insert_new(tx, room_posts, values)


def one(tx: Connection, space: SpaceId, id: PostId) -> RoomPost | None:
    """A post that is in this room."""
    row = tx.execute(_in(space).where(room_posts.c.post_id == id)).one_or_none()
    return None if row is None else _room_post(row)


def pinned(tx: Connection, space: SpaceId) -> RoomPost | None:
    """The post that stands above the others."""
    row = tx.execute(_in(space).where(room_posts.c.pinned)).one_or_none()
    return None if row is None else _room_post(row)


def page(tx: Connection, space: SpaceId, viewer: PersonId, asking: Asking) -> list[RoomPost]:
    """What `viewer` may read, newest first; one more than asked for, if there is one."""
    query = _in(space).where(~relations.hidden_from(viewer, posts.c.author_id)).order_by(room_posts.c.post_id.desc())
    if numbers := asking.numbers(1):
        query = query.where(room_posts.c.post_id < str(numbers[0]))
    return [_room_post(row) for row in tx.execute(query.limit(asking.limit + 1))]


def pin(tx: Connection, space: SpaceId, post: PostId | None) -> None:
    """Has one post stand above the others, or none."""
    here = room_posts.c.space_id == space
    tx.execute(update(room_posts).where(here, room_posts.c.pinned).values(pinned=False))
    if post is not None:
        tx.execute(update(room_posts).where(here, room_posts.c.post_id == post).values(pinned=True))


def take_out(tx: Connection, space: SpaceId, post: PostId) -> None:
    """Takes a post out of a room."""
    tx.execute(delete(room_posts).where(room_posts.c.space_id == space, room_posts.c.post_id == post))


def forget(tx: Connection, post: PostId) -> Collection[SpaceId]:
    """Takes a post out of every room; those in which it was."""
    gone = delete(room_posts).where(room_posts.c.post_id == post).returning(room_posts.c.space_id)
    return [SpaceId(space) for space in tx.execute(gone).scalars()]


def wipe(tx: Connection, space: SpaceId) -> None:
    """Forgets which posts were in a room."""
    tx.execute(delete(room_posts).where(room_posts.c.space_id == space))


def _in(space: SpaceId) -> Select[tuple[object, ...]]:
    """The posts of a room whose authors are there, and not protected by now."""
    query: Select[tuple[object, ...]] = select(posts, room_posts.c.role)
    return query.join(room_posts, room_posts.c.post_id == posts.c.id).where(
        room_posts.c.space_id == space, relations.readable_by(None, posts.c.author_id)
    )


def _room_post(row: Row[tuple[object, ...]]) -> RoomPost:
    return RoomPost(posts_store.record(row), row.role)

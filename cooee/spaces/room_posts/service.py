"""Putting posts into a room, reading, pinning and taking them out: one unit of work each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from cooee.kit.pages import Asking, cursor_of, cut
from cooee.kit.word_filter import WordFilter
from cooee.people import relations
from cooee.people.cards import Attachments
from cooee.posts import service as posts
from cooee.posts import store as posts_store
from cooee.posts.errors import PostProtected
from cooee.posts.records import PostId, PostRecord
from cooee.posts.shapes import NewPost
from cooee.spaces import admission, chronicle, service
from cooee.spaces import store as spaces
from cooee.spaces.chronicle import Deed
from cooee.spaces.errors import RoomPostNotFound, WordsRefused
from cooee.spaces.house import Actor, House
from cooee.spaces.room_posts import shapes, store
from cooee.spaces.room_posts.store import RoomPost
from cooee.spaces.rules import Command, decide, may_command
from cooee.spaces.rules.posts import PinPost, SharePost, TakePostOut
from cooee.spaces.state import Space, SpaceId


@dataclass(frozen=True, slots=True)
class Shelf:
    """Who decides how posts look."""

    house: House
    words: WordFilter
    cards: Attachments


@dataclass(frozen=True, slots=True)
class Told:
    """What is new in a room: a post, or that there is none; and what is pinned there now."""

    space: SpaceId
    post: shapes.RoomPost | None
    pinned: shapes.RoomPost | None


def share(tx: Connection, shelf: Shelf, actor: Actor, id: SpaceId, asked: shapes.NewRoomPost, now: datetime) -> PostId:
    """Posts, in the timeline and in the room.

    Raises:
        PostProtected, WordsRefused, and what every command refuses.
    """
    space = _allowed(tx, shelf, actor, id, SharePost(), now)
    if relations.is_protected(tx, actor.person):
        raise PostProtected
    if shelf.words.judge(asked.text).what != "fine":
        raise WordsRefused
    new = NewPost(text=asked.text)
    post = posts.write_post(tx, actor.person, new, shelf.house.ids, now, shelf.cards, spaces.is_on_stage)
    store.add(tx, id, post, space.role(actor.person))
    return post.id


def follow(tx: Connection, shelf: Shelf, id: PostId) -> list[Told]:
    """A post was written: it belongs to the rooms on whose stage its author is. Those that did not have it yet."""
    post = posts_store.of_ids(tx, [id]).get(id)
    if post is None or not _may_stand(tx, shelf, post):
        return []
    told: list[Told] = []
    for room in spaces.with_on_stage(tx, post.author_id):
        # Anew, so that it does not end meanwhile: what is in it then is wiped.
        space = service.for_change(tx, room.id)
        on_stage = space.ended is None and space.seat(post.author_id) is not None
        if (
            on_stage
            and space.started_at <= post.created_at
            and store.add(tx, space.id, post, space.role(post.author_id))
        ):
            told.append(said(tx, shelf, space.id, id))
    return told


def forget(tx: Connection, shelf: Shelf, id: PostId) -> list[Told]:
    """A post was deleted: the rooms in which it stood."""
    return [said(tx, shelf, space, id) for space in store.forget(tx, id)]


def read(tx: Connection, shelf: Shelf, actor: Actor, id: SpaceId, asking: Asking) -> shapes.RoomPostPage:
    """The room's posts, newest first; nothing of those one blocked or muted.

    Raises:
        what every command refuses.
    """
    space = service.found(tx, id)
    admission.check_actor(tx, shelf.house, space, actor)
    may_command(space, actor.person)
    found, last = cut(store.page(tx, id, actor.person, asking), asking.limit)
    above = store.pinned(tx, id)
    if above is not None and relations.is_hidden(tx, actor.person, above.post.author_id):
        above = None
    return shapes.RoomPostPage(
        items=_shaped(tx, shelf, found),
        pinned=next(iter(_shaped(tx, shelf, [above] if above else [])), None),
        next=cursor_of(int(last.post.id)) if last else None,
    )


def take_out(tx: Connection, shelf: Shelf, actor: Actor, id: SpaceId, post: PostId, now: datetime) -> Told:
    """Takes a post out of the room: one's own, or as a host. It stays in the timeline.

    Raises:
        RoomPostNotFound, HostsOnly, Outranked, and what every command refuses.
    """
    found = _found(tx, shelf, actor, id, post)
    _allowed(tx, shelf, actor, id, TakePostOut(found.post.author_id), now)
    store.take_out(tx, id, post)
    author = found.post.author_id
    chronicle.add(tx, shelf.house.ids, id, "post_taken_out", actor.person, author, now, {"post": post})
    return said(tx, shelf, id, post)


def pin(tx: Connection, shelf: Shelf, actor: Actor, id: SpaceId, post: PostId, now: datetime, *, pinned: bool) -> Told:
    """Has a post stand above all others in place of any that does, or no longer.

    Raises:
        RoomPostNotFound, HostsOnly, and what every command refuses.
    """
    _allowed(tx, shelf, actor, id, PinPost(), now)
    found, above = _found(tx, shelf, actor, id, post), store.pinned(tx, id)
    stood = above is not None and above.post.id == post
    if pinned != stood:
        store.pin(tx, id, post if pinned else None)
        what: Deed = "post_pinned" if pinned else "post_unpinned"
        chronicle.add(tx, shelf.house.ids, id, what, actor.person, found.post.author_id, now, {"post": post})
    return said(tx, shelf, id, post)


def said(tx: Connection, shelf: Shelf, space: SpaceId, post: PostId) -> Told:
    """A post and what is pinned, as the room sees it now."""
    found, above = store.one(tx, space, post), store.pinned(tx, space)
    wanted = {record.post.id: record for record in (found, above) if record}
    shaped = {shape.id: shape for shape in _shaped(tx, shelf, wanted.values())}
    return Told(space, shaped.get(post), shaped.get(above.post.id) if above else None)


def _may_stand(tx: Connection, shelf: Shelf, post: PostRecord) -> bool:
    """Whether it says something, to everybody, in words that may stand in a room."""
    fine = post.text != "" and shelf.words.judge(post.text).what == "fine"
    return fine and not relations.is_protected(tx, post.author_id)


def _allowed(tx: Connection, shelf: Shelf, actor: Actor, id: SpaceId, command: Command, now: datetime) -> Space:
    """The Space, which does not end until this transaction does."""
    space = service.for_change(tx, id)
    admission.check_actor(tx, shelf.house, space, actor)
    decide(space, command, actor.person, now)
    return space


def _found(tx: Connection, shelf: Shelf, actor: Actor, id: SpaceId, post: PostId) -> RoomPost:
    space = service.for_change(tx, id)
    admission.check_actor(tx, shelf.house, space, actor)
    may_command(space, actor.person)
    found = store.one(tx, id, post)
    if found is None:
        raise RoomPostNotFound
    return found


def _shaped(tx: Connection, shelf: Shelf, found: Iterable[RoomPost]) -> list[shapes.RoomPost]:
    records = list(found)
    faces = service.cast(tx, {record.post.author_id for record in records}, shelf.house.asks)
    return [
        shapes.shown(record, faces[record.post.author_id], shelf.words.judge(record.post.text).text)
        for record in records
        if record.post.author_id in faces
    ]

"""Posts of a room as they go over the wire."""

from typing import Annotated

from pydantic import Field, StringConstraints

from cooee.kit.pages import Asked, Page, Shape, Timestamp
from cooee.people.shapes import Person
from cooee.posts.shapes import PostText
from cooee.spaces.room_posts.store import RoomPost as Record
from cooee.spaces.state import Role


class NewRoomPost(Asked):
    """A post that is to stand in the room too."""

    text: Annotated[PostText, StringConstraints(min_length=1)]


class RoomPost(Shape):
    """What somebody in the room posted."""

    id: str = Field(description="The post's: it stands in timelines too")
    author: Person
    role: Role = Field(description="What the author was in the room then")
    text: str
    at: Timestamp


class RoomPostPage(Page[RoomPost]):
    """One page of the room's posts, newest first."""

    pinned: RoomPost | None = Field(description="What a host has put above all others")


def shown(record: Record, author: Person, text: str) -> RoomPost:
    """A post as people in the room see it."""
    post = record.post
    return RoomPost(id=post.id, author=author, role=record.role, text=text, at=post.created_at)

"""Messages of a room as they go over the wire."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from cooee.kit.pages import Asked, Page, Shape, Timestamp
from cooee.kit.text import at_most, clean_text
from cooee.people.shapes import Person
from cooee.spaces.room_messages.store import RoomMessage as Record

LONGEST = 280
"""Characters of a message."""

Text = Annotated[
    str,
    Field(max_length=4 * LONGEST),
    AfterValidator(clean_text),
    AfterValidator(at_most(LONGEST)),
    StringConstraints(min_length=1),
]


class NewRoomMessage(Asked):
    """Something to say in writing."""

    text: Text
    to_host: bool = Field(False, description="Whether the host alone reads it")


class RoomMessage(Shape):
    """What somebody wrote."""

    id: str
    author: Person
    to_host: bool = Field(description="For the host alone")
    text: str
    at: Timestamp
    held: bool = Field(description="Held by the word filter: hosts and its author alone see it")


class RoomMessagePage(Page[RoomMessage]):
    """One page of what was written, newest first."""


def shown(message: Record, author: Person) -> RoomMessage:
    """A message as its readers see it."""
    return RoomMessage(
        id=message.id,
        author=author,
        to_host=message.to is not None,
        text=message.text,
        at=message.at,
        held=message.held,
    )

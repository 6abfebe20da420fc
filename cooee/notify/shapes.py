"""Notices as they go over the wire."""

from pydantic import Field

from cooee.kit.pages import Asked, AskedTime, Page, Shape, Timestamp
from cooee.notify.rules import Channel, Kind
from cooee.people.cards import SpaceCard
from cooee.people.shapes import Person


class Excerpt(Shape):
    """The beginning of a post."""

    id: str
    text: str


class Notice(Shape):
    """One line: the same thing, done by one person or many."""

    id: str
    kind: Kind
    at: Timestamp = Field(description="When the latest of them did it")
    unread: bool
    people: list[Person] = Field(description="Who did it: the latest few")
    count: int = Field(ge=1, description="How many did it in all; counted up to 1000")
    post: Excerpt | None = Field(description="What was liked or passed on, or what answers or names one")
    space: SpaceCard | None


class NoticePage(Page[Notice]):
    """One page of notices, the latest first."""


class Unread(Shape):
    """What the badge says."""

    unread: int = Field(ge=0, description="Lines with something new, counted up to 100")


class ReadUpTo(Asked):
    """How far one has read. What comes later stays unread."""

    at: AskedTime = Field(description="`at` of the newest notice that was shown")


class Choice(Asked):
    """A kind switched on or off for one way of being told."""

    kind: Kind
    channel: Channel
    wanted: bool


class Settings(Shape):
    """What one wants to hear of, and how that can reach one."""

    wishes: dict[Kind, dict[Channel, bool]]

"""What there is to discover, as it goes over the wire."""

from pydantic import Field

from cooee.kit.pages import Page, Shape
from cooee.people.cards import SpaceCard
from cooee.people.shapes import Known, Person


class DiscoveredSpaces(Page[SpaceCard]):
    """One page of public Spaces."""


class Topic(Shape):
    """What public Spaces are about."""

    topic: str
    spaces: int = Field(ge=1, description="How many are live or to come")


class Topics(Shape):
    """Topics, the most common first."""

    items: list[Topic]


class Suggested(Shape):
    """Somebody to follow, and why."""

    person: Known
    followed_by: list[Person] = Field(description="Some of those one follows who follow this person; empty: well known")
    count: int = Field(ge=0, description="How many of those one follows do")


class Suggestions(Shape):
    """People to follow."""

    items: list[Suggested]

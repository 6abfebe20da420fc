"""Analytics as they go over the wire: numbers, and nobody's name but the host's own Space."""

from typing import Literal

from pydantic import Field

from cooee.analytics.rules import Way
from cooee.kit.pages import Page, Shape, Timestamp
from cooee.spaces.shapes import Emoji


class Came(Shape):
    """How many came by one way."""

    source: Way = Field(description="`other`: their client did not say")
    people: int


class Reacted(Shape):
    """How often one reaction was sent."""

    emoji: Emoji
    times: int


class Moment(Shape):
    """One point of the chart: a minute, or several of a long Space."""

    at: Timestamp
    average: float = Field(description="How many listened, on average")
    most: int = Field(description="How many listened at most")
    reactions: int


class Headline(Shape):
    """A Space in a few numbers."""

    id: str
    title: str
    state: Literal["live", "ended"]
    started_at: Timestamp
    ended_at: Timestamp | None
    people: int = Field(description="How many came, the host not counted; a guest who comes back later is counted anew")
    peak: int = Field(description="The most who listened at a time")
    listened_s: int = Field(description="The time of all listeners, one after the other")
    reactions: int


class Analytics(Headline):
    """A Space in numbers, for its hosts; while it is live, up to now."""

    listeners: int = Field(description="How many listen now; 0 when it is over")
    peak_at: Timestamp | None
    by_reaction: list[Reacted] = Field(description="All six, the most frequent first")
    sources: list[Came] = Field(description="Those by which anybody came, the most frequent first")
    step_min: int = Field(description="How many minutes one moment is")
    moments: list[Moment]
    kept_until: Timestamp | None = Field(description="null while it is live")


class OwnSpaces(Page[Headline]):
    """One page of one's own Spaces of which figures are kept, the latest first."""

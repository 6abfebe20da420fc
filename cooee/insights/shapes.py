"""Feedback as it goes over the wire."""

from typing import Literal

from pydantic import Field

from cooee.kit.pages import Asked, Page, Shape, Timestamp
from cooee.people.shapes import Person
from cooee.spaces.afterwards.shapes import Note

About = Literal["spaces", "site"]


class TellUs(Asked):
    """What one thinks of the site: stars, words, or both."""

    stars: int | None = Field(None, ge=1, le=5)
    note: Note = ""


class SoundOf(Shape):
    """How the sound came through, by one door: to a listener, or from a speaker."""

    door: Literal["listen", "speak"]
    sessions: int
    failed: int = Field(description="Of these: never connected, or broken")
    lasted_s: int
    packets: int
    lost: int = Field(description="On the way, repaired or not")
    repaired: int = Field(description="Sent again to a listener, or asked for again from a speaker")
    worst_loss_per_mille: int = Field(description="Between two reports")
    worst_jitter_ms: int


class SpaceSpokenOf(Shape):
    """The Space about which it is."""

    id: str
    title: str
    live: bool


class SaidFeedback(Shape):
    """What somebody thought, and how it sounded to them."""

    id: str
    at: Timestamp
    person: Person
    stars: int | None
    note: str
    space: SpaceSpokenOf | None = Field(description="null: of the site")
    sound: list[SoundOf]


class FeedbackPage(Page[SaidFeedback]):
    """One page of feedback, the latest first."""

    stars: list[int] = Field(description="How often 1, 2, 3, 4 and 5 were given in all")

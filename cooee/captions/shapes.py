"""Captions as they go over the wire."""

from pydantic import Field

from cooee.kit.pages import Asked, Page, Shape, Timestamp
from cooee.people.shapes import Person


class Line(Shape):
    """A phrase that somebody said."""

    number: int = Field(description="1, 2, 3… within the Space; what follows a gap is to be asked for")
    person: Person
    text: str
    at: Timestamp = Field(description="When it began")


class LinePage(Page[Line]):
    """One page of what was said, newest first."""


class CaptionConsent(Shape):
    """Whether one's own voice is captioned."""

    agreed: bool | None = Field(description="None: not asked yet. Who has not said yes is not recognised")


class SetCaptionConsent(Asked):
    """Yes or no."""

    agreed: bool

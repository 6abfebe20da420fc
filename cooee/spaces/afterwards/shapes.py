"""What is left of a Space, as it goes over the wire."""

from typing import Annotated

from pydantic import AfterValidator, Field

from cooee.kit.pages import Asked, Page, Shape, Timestamp
from cooee.kit.text import at_most, clean_text
from cooee.people.shapes import Person
from cooee.spaces.chronicle import Deed
from cooee.spaces.state import EndReason

LONGEST_NOTE = 1000

Note = Annotated[
    str, Field(max_length=4 * LONGEST_NOTE), AfterValidator(clean_text), AfterValidator(at_most(LONGEST_NOTE))
]


class GiveFeedback(Asked):
    """What one thinks of a Space: of its sound, of the people."""

    stars: int = Field(ge=1, le=5)
    note: Note = ""


class Feedback(Shape):
    """What one thought of a Space."""

    stars: int
    note: str
    at: Timestamp


class LogEntry(Shape):
    """What one of the hosts did, or what happened by itself."""

    id: str
    at: Timestamp
    by: Person | None = Field(description="Null for what nobody did")
    person: Person | None = Field(description="To whom")
    what: Deed
    details: dict[str, str | int | bool] = Field(
        description="What was set: title, policy, locked, guests, seconds, reason, failed"
    )


class LogPage(Page[LogEntry]):
    """One page of the log, the latest first."""


class Summary(Shape):
    """A Space that is over: nothing of what was said."""

    id: str
    title: str
    topics: tuple[str, ...]
    host: Person
    started_at: Timestamp
    ended_at: Timestamp
    end_reason: EndReason
    duration_s: int
    people: int = Field(description="How many with an account were there")
    spoke: list[Person] = Field(description="Whose microphone was open, in the order in which they first spoke")
    was_there: bool = Field(description="Whether oneself was, and may give feedback")
    feedback: Feedback | None = Field(description="One's own")

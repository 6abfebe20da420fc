"""Reports and cases as they go over the wire."""

from typing import Annotated

from pydantic import AfterValidator, Field

from cooee.kit.pages import Asked, Page, Shape, Timestamp
from cooee.kit.text import at_most, clean_text
from cooee.moderation.rules import About, Decision, Reason, Sanction
from cooee.people.shapes import Person

Note = Annotated[str, Field(max_length=1000), AfterValidator(clean_text), AfterValidator(at_most(500))]


class NewReport(Asked):
    """What one wants moderators to look at."""

    about: About
    id: str = Field(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z]+$", description="Of what is reported")
    reason: Reason
    note: Note = ""
    space: str | None = Field(
        None, max_length=40, pattern=r"^[0-9A-Za-z]+$", description="The Space in which one noticed it"
    )


class MyReport(Shape):
    """What one has reported."""

    about: About
    subject: str
    reason: Reason
    at: Timestamp
    decided: bool
    acted: bool = Field(description="Whether moderators did something about it; what, is told to whom it concerns")


class Judgement(Shape):
    """What was decided about oneself, or about something of one's own."""

    about: About
    excerpt: str
    decision: Decision
    at: Timestamp
    until: Timestamp | None
    words: str


class Standing(Shape):
    """What one is suspended from."""

    sanction: Sanction
    since: Timestamp
    until: Timestamp


class MyModeration(Shape):
    """One's own reports, and what was decided about oneself; the latest first."""

    reports: list[MyReport]
    judgements: list[Judgement]
    suspended: list[Standing]


class Case(Shape):
    """All reports of one thing, as moderators see it."""

    id: str
    about: About
    subject: str
    person: Person = Field(description="Whose it is")
    space: str | None = Field(description="The Space in which it was noticed")
    excerpt: str = Field(description="What it said when it was first reported")
    there: bool = Field(description="Whether it can be removed")
    opened_at: Timestamp
    latest_at: Timestamp
    reports: int
    reasons: list[Reason] = Field(description="The latest first, each once")
    decision: Decision | None
    decided_at: Timestamp | None
    decided_by: Person | None
    until: Timestamp | None
    words: str | None


class CasePage(Page[Case]):
    """One page of cases."""

    open: int = Field(description="How many wait to be decided")


class Report(Shape):
    """What one person said of it."""

    reporter: Person | None = Field(description="null: the account is gone")
    reason: Reason
    note: str
    at: Timestamp


class WholeCase(Case):
    """A case with all that is known."""

    said: list[Report]
    earlier: int = Field(description="How often something was decided against this person before")
    suspended: list[Standing]
    payers: int = Field(
        description="How many get their money back if it is decided so: until the host is paid out, it can be"
    )
    may_enter: bool = Field(description="Whether the one who asks may enter the Space as a moderator")
    decisions: list[Decision] = Field(description="What the one who asks may decide")


class Entered(Shape):
    """Where a moderator may come in now, as everybody does."""

    space: str


class Decide(Asked):
    """What is decided."""

    decision: Decision
    days: int | None = Field(None, ge=1, le=3650, description="How long a suspension lasts; without it, for good")
    give_back: bool = Field(
        False, description="Besides, what people paid for the Space goes back to them; in `remove` of a Space it does"
    )
    words: Note = Field("", description="Told to whom it concerns")


class Moderators(Shape):
    """Who moderates, besides administrators."""

    items: list[Person]

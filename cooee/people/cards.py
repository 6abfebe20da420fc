"""What posts and messages carry along: an opaque attachment, and how it looks to whoever reads it.

Those who carry it know no more of it than its kind and its id. How it looks, the domain above knows that it belongs to;
`app.py` wires the answer.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import Field
from sqlalchemy import Connection

from cooee.kit.ids import TEXT_PATTERN
from cooee.kit.pages import Asked, Shape, Timestamp
from cooee.people.ids import PersonId
from cooee.people.shapes import Person


@dataclass(frozen=True)
class Attachment:
    """What is pointed at."""

    kind: Literal["space"]
    id: str


class AttachmentRef(Asked):
    """What is pointed at, as a request says it."""

    kind: Literal["space"]
    id: str = Field(pattern=TEXT_PATTERN)


class CardTicket(Shape):
    """What it takes to come in."""

    price: int = Field(description="In the currency's smallest unit")
    currency: str
    left: int = Field(ge=0, description="Seats that anybody can buy now")
    mine: bool = Field(description="Whether the one who asks has one, or needs none")


class SpaceCard(Shape):
    """A Space as it looks in a timeline, in a message or as a bubble."""

    id: str
    title: str
    state: Literal["scheduled", "live", "ended", "canceled"]
    host: Person
    speakers: list[Person] = Field(description="Who is on stage, the host first")
    listeners: int = Field(ge=0)
    started_at: Timestamp | None
    topics: list[str]
    scheduled_start: Timestamp | None = Field(None, description="When it is to begin, until it has")
    replay_ms: int | None = Field(None, description="How long its replay is; null: there is none")
    reminded: bool = Field(False, description="Whether the one who asks is told when it begins")
    ticket: CardTicket | None = Field(None, description="Null: one needs none")


Attachments = Callable[[Connection, Collection[Attachment], PersonId], Mapping[Attachment, SpaceCard]]
"""How each attachment looks to this person; what does not exist, or is not for them, is left out."""


def either(first: Attachments, second: Attachments) -> Attachments:
    """Two domains that know the same kind of thing: what the first does not know, the second may."""

    def answer(tx: Connection, asked: Collection[Attachment], viewer: PersonId) -> Mapping[Attachment, SpaceCard]:
        known = first(tx, asked, viewer)
        rest = set(asked) - known.keys()
        return {**known, **second(tx, rest, viewer)} if rest else known

    return answer

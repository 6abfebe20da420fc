"""Spaces that have not begun: how they go over the wire, and what is asked of the domain above that keeps them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from pydantic import Field
from sqlalchemy import Connection

from cooee.kit.pages import Shape, Timestamp
from cooee.people.cards import CardTicket
from cooee.people.ids import PersonId
from cooee.people.shapes import Person
from cooee.spaces.house import Actor
from cooee.spaces.rules.gates import Plan
from cooee.spaces.state import Audience, Policy, SpaceId

CancelReason = Literal["host", "lapsed", "host_gone", "moderated"]


@dataclass(frozen=True, slots=True)
class When:
    """The instant rules; `zone` is the host's IANA time zone, for showing it as the host meant it."""

    at: datetime
    zone: str


class ScheduledSpace(Shape):
    """A Space that has not begun."""

    id: str
    title: str
    topics: tuple[str, ...]
    language: str
    state: Literal["scheduled", "canceled"]
    audience: Audience
    policy: Policy
    guests: bool
    record: bool
    host: Person
    scheduled_start: Timestamp
    zone: str = Field(description="The host's time zone, as the IANA database names it")
    lapses_at: Timestamp = Field(description="Until when the host may start it; then it is canceled")
    cancel_reason: CancelReason | None
    reminded: bool = Field(description="Whether the one who asks is told when it starts")
    reminders: int = Field(ge=0, description="How many people are told when it starts")
    ticket: CardTicket | None = Field(None, description="Null: one needs none")


class Ahead(Protocol):
    """Keeps what is ahead."""

    def schedule(
        self, tx: Connection, actor: Actor, plan: Plan, when: When, key: str | None, now: datetime
    ) -> ScheduledSpace:
        """Announces a Space, or answers with the one that was announced by the same `key`.

        Raises:
            Refusal
        """
        ...

    def seen(self, tx: Connection, id: SpaceId, viewer: PersonId | None) -> ScheduledSpace:
        """A Space that has not begun, as this person may see it.

        Raises:
            SpaceNotFound, YouBlockedThem, BlockedByThem
        """
        ...

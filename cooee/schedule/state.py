"""What is known of a Space that has not begun."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from cooee.people.ids import PersonId
from cooee.spaces.ahead import CancelReason, When
from cooee.spaces.rules.gates import Plan
from cooee.spaces.state import SpaceId

SOON = timedelta(minutes=30)
"""How long before the start its host is reminded."""

LAPSES_AFTER = timedelta(minutes=30)
"""How long after the announced time the host may still start it."""

State = Literal["scheduled", "started", "canceled"]


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A Space that is announced, was canceled, or has begun meanwhile.

    `sequence` counts what was changed after it was announced: calendars go by it. `serial` orders the lists.
    """

    id: SpaceId
    serial: str
    host: PersonId
    plan: Plan
    when: When
    made_at: datetime
    changed_at: datetime
    state: State = "scheduled"
    sequence: int = 0
    reason: CancelReason | None = None

    @property
    def lapses_at(self) -> datetime:
        return self.when.at + LAPSES_AFTER

"""What a suspension does at once, wherever the person is: rooms, sessions, media."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from cooee.kit import outbox
from cooee.moderation.rules import Suspension
from cooee.people import store as people
from cooee.people.ids import PersonId
from cooee.people.sign_in import sessions
from cooee.spaces import service as spaces
from cooee.spaces import store as space_store
from cooee.spaces.house import Committed, House
from cooee.spaces.rules import Observation
from cooee.spaces.rules.moderated import NoHost, ShutOut, Silenced
from cooee.spaces.state import SpaceId

OVER: Final = "moderation.suspension_over"
"""The outbox's topic: `{person}`. The time of a suspended account is over."""


def enforce(
    tx: Connection, house: House, suspension: Suspension, rooms: Sequence[SpaceId], now: datetime, committed: Committed
) -> None:
    """Ends or leaves the live Spaces that it concerns; a suspended account is hidden, and signed out everywhere."""
    person = suspension.person
    if suspension.sanction == "account":
        people.change(tx, person, {"suspended_until": suspension.until})
        outbox.schedule(tx, f"{OVER}:{person}", OVER, {"person": person}, suspension.until)
        # Whoever is not in a session is pushed nothing either.
        sessions.end_others(tx, person, None, now)
    concerned = {*rooms, *space_store.live_with(tx, person)}
    for id in sorted(concerned):
        spaces.observe(tx, house, id, _observed(suspension), now, committed)


def let_in(tx: Connection, person: PersonId) -> None:
    """The account may be signed in to again, and all that was hidden of it is there."""
    outbox.take_back(tx, f"{OVER}:{person}")
    people.change(tx, person, {"suspended_until": None})


def _observed(suspension: Suspension) -> Observation:
    match suspension.sanction:
        case "hosting":
            return NoHost(suspension.person)
        case "speaking":
            return Silenced(suspension.person)
        case "account":
            return ShutOut(suspension.person)

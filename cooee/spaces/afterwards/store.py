"""Reading and writing how many were in a Space, and the feedback on it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from cooee.people.ids import PersonId
from cooee.spaces.state import SpaceId
from cooee.spaces.tables import attendance, feedback


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody thought of a Space: 1 to 5, and a note, which may be empty."""

    space: SpaceId
    person: PersonId
    stars: int
    note: str
    at: datetime


def count_people(tx: Connection, space: SpaceId) -> int:
    """How many people with an account were there."""
    return tx.execute(select(func.count()).where(attendance.c.space_id == space)).scalar_one()


def give(tx: Connection, given: Feedback) -> None:
    """Writes feedback down, in place of what the same person gave before."""
    values = {"stars": given.stars, "note": given.note, "at": given.at}
    insertion = (sqlite if tx.dialect.name == "sqlite" else postgresql).insert(feedback)
    insertion = insertion.values(space_id=given.space, person_id=given.person, **values)
    tx.execute(insertion.on_conflict_do_update(index_elements=["space_id", "person_id"], set_=values))


def given(tx: Connection, space: SpaceId, person: PersonId) -> Feedback | None:
    """What this person thought of the Space, if they said."""
    query = select(feedback).where(feedback.c.space_id == space, feedback.c.person_id == person)
    row = tx.execute(query).one_or_none()
    return None if row is None else Feedback(space, person, row.stars, row.note, row.at)

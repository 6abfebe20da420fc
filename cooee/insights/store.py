"""Reading and writing what people thought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select

from cooee.insights.tables import told_us
from cooee.kit.clock import to_ms
from cooee.kit.db import insert_new
from cooee.kit.ids import Ids
from cooee.kit.pages import Asking
from cooee.people.ids import PersonId
from cooee.spaces.state import SpaceId
from cooee.spaces.tables import feedback

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody thought, of a Space or of the site."""

    id: str
    person: PersonId
    space: SpaceId | None
    stars: int | None
    note: str
    at: datetime

    @property
    def place(self) -> tuple[int, ...]:
        """Where it stands in its list."""
        return (to_ms(self.at), int(self.person)) if self.space else (int(self.id),)


def tell(tx: Connection, ids: Ids, person: PersonId, stars: int | None, note: str, now: datetime) -> None:
    """Writes down what somebody says of the site."""
    row = {"person_id": person, "stars": stars, "note": note, "at": now}
    for _ in range(_TRIES):
        if insert_new(tx, told_us, {"id": ids.decimal(), **row}):
            return
    raise AssertionError("22 random bits do not collide five times in a row")


def of_spaces(tx: Connection, asking: Asking) -> Sequence[Said]:
    """What was said of Spaces, the latest first; one more than asked for, if there is one."""
    query = select(feedback).order_by(feedback.c.at.desc(), feedback.c.person_id.desc()).limit(asking.limit + 1)
    if before := asking.moment():
        at, person = before
        query = query.where(or_(feedback.c.at < at, and_(feedback.c.at == at, feedback.c.person_id < str(person))))
    return [
        Said(f"{row.space_id}.{row.person_id}", row.person_id, SpaceId(row.space_id), row.stars, row.note, row.at)
        for row in tx.execute(query)
    ]


def of_site(tx: Connection, asking: Asking) -> Sequence[Said]:
    """What was said of the site, the latest first; one more than asked for, if there is one."""
    query = select(told_us).order_by(told_us.c.id.desc()).limit(asking.limit + 1)
    if numbers := asking.numbers(1):
        query = query.where(told_us.c.id < str(numbers[0]))
    return [Said(row.id, row.person_id, None, row.stars, row.note, row.at) for row in tx.execute(query)]


def stars_of_spaces(tx: Connection) -> Mapping[int, int]:
    """How often each number of stars was given to a Space."""
    rows = tx.execute(select(feedback.c.stars, func.count()).group_by(feedback.c.stars))
    return {stars: times for stars, times in rows}


def stars_of_site(tx: Connection) -> Mapping[int, int]:
    """How often each number of stars was given to the site."""
    given = select(told_us.c.stars, func.count()).where(told_us.c.stars.is_not(None)).group_by(told_us.c.stars)
    return {stars: times for stars, times in tx.execute(given)}

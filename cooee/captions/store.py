"""Reading and writing what was said, and who agreed to it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from cooee.captions.tables import caption_consents, caption_lines
from cooee.kit.db import insert_new
from cooee.kit.pages import Asking
from cooee.people import relations
from cooee.people.ids import PersonId
from cooee.spaces.state import SpaceId
from cooee.spaces.tables import spaces


@dataclass(frozen=True, slots=True)
class Line:
    """A phrase that somebody said; `at` is when it began. `recorded`: under REC."""

    space: SpaceId
    number: int
    person: PersonId
    text: str
    at: datetime
    lasted_ms: int = 0
    recorded: bool = False


def add(tx: Connection, line: Line) -> Line:
    """Writes down a phrase, as the next; its number is not asked for.

    The Space's row is held by this transaction, so that numbers follow each other.
    """
    query = select(func.max(caption_lines.c.number)).where(caption_lines.c.space_id == line.space)
    line = replace(line, number=(tx.execute(query).scalar_one() or 0) + 1)
    values = {"space_id": line.space, "number": line.number, "person_id": line.person, "text": line.text, "at": line.at}
    tx.execute(insert(caption_lines).values(**values, lasted_ms=line.lasted_ms, recorded=line.recorded))
    return line


def page(tx: Connection, space: SpaceId, viewer: PersonId, asking: Asking) -> list[Line]:
    """What was said, newest first, but for those whom `viewer` hid; one more than asked for, if there is one."""
    query = (
        select(caption_lines)
        .where(caption_lines.c.space_id == space)
        .where(~relations.hidden_from(viewer, caption_lines.c.person_id))
        .order_by(caption_lines.c.number.desc())
        .limit(asking.limit + 1)
    )
    if numbers := asking.numbers(1):
        query = query.where(caption_lines.c.number < numbers[0])
    return [_line(row) for row in tx.execute(query)]


def take_recorded(tx: Connection, space: SpaceId) -> list[Line]:
    """What was said under REC, in its order: for the replay. From now on nobody else has it.

    Nothing is added meanwhile: the Space's row is held, as by whoever writes down.
    """
    tx.execute(select(spaces.c.id).where(spaces.c.id == space).with_for_update())
    query = select(caption_lines).where(caption_lines.c.space_id == space, caption_lines.c.recorded)
    lines = [_line(row) for row in tx.execute(query.order_by(caption_lines.c.number))]
    tx.execute(delete(caption_lines).where(caption_lines.c.space_id == space))
    return lines


def wipe(tx: Connection, space: SpaceId) -> None:
    """Deletes what was said in a Space, but for what waits to go into its replay."""
    tx.execute(delete(caption_lines).where(caption_lines.c.space_id == space, ~caption_lines.c.recorded))


def forget_recorded(tx: Connection, person: PersonId) -> None:
    """Deletes what somebody said under REC, and waits to go into replays."""
    tx.execute(delete(caption_lines).where(caption_lines.c.person_id == person, caption_lines.c.recorded))


def agreed(tx: Connection, people: Collection[PersonId]) -> dict[PersonId, bool]:
    """What those said who were asked."""
    query = select(caption_consents).where(caption_consents.c.person_id.in_(people))
    return {PersonId(row.person_id): row.agreed for row in tx.execute(query)}


def agree(tx: Connection, person: PersonId, agreed: bool, now: datetime) -> None:
    """Somebody says yes or no; the last word counts."""
    values = {"person_id": person, "agreed": agreed, "at": now}
    if not insert_new(tx, caption_consents, values):
        tx.execute(update(caption_consents).where(caption_consents.c.person_id == person).values(agreed=agreed, at=now))


def _line(row: Row[tuple[object, ...]]) -> Line:
    return Line(
        SpaceId(row.space_id), row.number, PersonId(row.person_id), row.text, row.at, row.lasted_ms, row.recorded
    )

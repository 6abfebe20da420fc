"""Reading and writing what was counted."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite

from cooee.analytics.rules import Count, written_by_all
from cooee.analytics.tables import space_arrivals, space_minutes
from cooee.kit.clock import from_ms
from cooee.kit.pages import Asking
from cooee.people.ids import PersonId
from cooee.spaces.state import SpaceId
from cooee.spaces.tables import spaces

Minutes = Mapping[tuple[SpaceId, datetime], Count]
Arrivals = Mapping[tuple[SpaceId, str], int]


def save(tx: Connection, node: str, minutes: Minutes) -> None:
    """Writes what a node has counted of these minutes so far, in place of what it wrote before."""
    there = _there(tx, {space for space, _ in minutes})
    rows = [
        {
            "space_id": space,
            "minute": minute,
            "node": node,
            "listened_ms": count.listened_ms,
            "most": list(count.most),
            "reactions": dict(count.reactions),
        }
        for (space, minute), count in sorted(minutes.items(), key=lambda item: item[0])
        if space in there
    ]
    if rows:
        insertion = _insertion(tx, space_minutes)
        values = {name: insertion.excluded[name] for name in ("listened_ms", "most", "reactions")}
        keys = ["space_id", "minute", "node"]
        tx.execute(insertion.on_conflict_do_update(index_elements=keys, set_=values), rows)


def add_arrivals(tx: Connection, arrivals: Arrivals) -> None:
    """More people came."""
    there = _there(tx, {space for space, _ in arrivals})
    rows = [
        {"space_id": space, "source": source, "people": people}
        for (space, source), people in sorted(arrivals.items())
        if space in there
    ]
    if rows:
        insertion = _insertion(tx, space_arrivals)
        more = {"people": space_arrivals.c.people + insertion.excluded.people}
        tx.execute(insertion.on_conflict_do_update(index_elements=["space_id", "source"], set_=more), rows)


def seen(tx: Connection, ids: Collection[SpaceId]) -> list[tuple[SpaceId, datetime, Count]]:
    """What each node saw of these Spaces, minute by minute."""
    query = select(space_minutes).where(space_minutes.c.space_id.in_(set(ids))).order_by(space_minutes.c.minute)
    return [(SpaceId(row.space_id), row.minute, _count(row)) for row in tx.execute(query)]


def elsewhere(tx: Connection, id: SpaceId, node: str, now: datetime) -> int:
    """How many listened to a Space a moment ago at other nodes than this one."""
    minute, slot = written_by_all(now)
    query = select(space_minutes.c.most).where(
        space_minutes.c.space_id == id, space_minutes.c.minute == minute, space_minutes.c.node != node
    )
    return sum(most[slot] for most in tx.execute(query).scalars())


def arrivals(tx: Connection, ids: Collection[SpaceId]) -> dict[SpaceId, dict[str, int]]:
    """How many people came to these Spaces, by source."""
    found: dict[SpaceId, dict[str, int]] = {}
    for row in tx.execute(select(space_arrivals).where(space_arrivals.c.space_id.in_(set(ids)))):
        found.setdefault(SpaceId(row.space_id), {})[row.source] = row.people
    return found


def opened_by(tx: Connection, owner: PersonId, since: datetime, asking: Asking) -> list[SpaceId]:
    """Spaces that somebody opened and that were on after `since`, the latest first; one more than asked for."""
    query = (
        select(spaces.c.id)
        .where(spaces.c.owner_id == owner, (spaces.c.ended_at.is_(None)) | (spaces.c.ended_at > since))
        .order_by(spaces.c.started_at.desc(), spaces.c.id.desc())
        .limit(asking.limit + 1)
    )
    # One person hardly begins two Spaces in the same millisecond.
    if numbers := asking.numbers(1):
        query = query.where(spaces.c.started_at < from_ms(numbers[0]))
    return [SpaceId(id) for id in tx.execute(query).scalars()]


def counted_of(tx: Connection, owner: PersonId) -> list[SpaceId]:
    """Spaces of this person of which anything is known, the earliest first."""
    known = exists().where(space_minutes.c.space_id == spaces.c.id) | exists().where(
        space_arrivals.c.space_id == spaces.c.id
    )
    query = select(spaces.c.id).where(spaces.c.owner_id == owner, known).order_by(spaces.c.started_at)
    return [SpaceId(id) for id in tx.execute(query).scalars()]


def forget(tx: Connection, ended_before: datetime) -> None:
    """Deletes what was counted of Spaces that ended before."""
    old = select(spaces.c.id).where(spaces.c.ended_at < ended_before)
    for table in (space_minutes, space_arrivals):
        tx.execute(delete(table).where(table.c.space_id.in_(old)))


def owners(tx: Connection, ids: Collection[SpaceId]) -> dict[SpaceId, PersonId]:
    """Who opened these Spaces."""
    rows = tx.execute(select(spaces.c.id, spaces.c.owner_id).where(spaces.c.id.in_(set(ids))))
    return {SpaceId(row.id): row.owner_id for row in rows}


def _there(tx: Connection, ids: Collection[SpaceId]) -> set[SpaceId]:
    return set(owners(tx, ids))


def _insertion(tx: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    if tx.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def _count(row: Row[Any]) -> Count:
    return Count(row.listened_ms, tuple(row.most), row.reactions)

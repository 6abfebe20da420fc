"""Somebody of whom every table holds something, today's tables and those to come: rows made from the schema alone."""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Integer,
    LargeBinary,
    Table,
    Text,
    insert,
    select,
    update,
)

from cooee.kit.columns import DecimalId, UtcTime
from cooee.kit.db import metadata
from cooee.kit.idempotency import made_once
from cooee.people.erasing import pointing
from cooee.people.ids import PersonId
from cooee.people.tables import people
from tests.people.settled import NOW

PLANTED = "planted"

_numbers = count(1000)


def plant(tx: Connection, person: PersonId, other: PersonId) -> None:
    """Every column that may point at somebody points at `person` in some row, with words of theirs beside it."""
    marked = {
        column.name: PLANTED for column in (people.c.bio, people.c.picture, people.c.password_hash, people.c.zone)
    }
    tx.execute(update(people).where(people.c.id == person).values(marked))
    tx.execute(insert(made_once).values(who=person, key=PLANTED, made=None, at=NOW))
    latest: dict[Column[Any], Any] = {people.c.id: person}
    theirs = {table: [column for table_, column in pointing() if table_ is table] for table, _ in pointing()}
    for table in metadata.sorted_tables:
        for mine in theirs.get(table, []):
            who = {column: person if column is mine else other for column in theirs[table]}
            row = {column: _value(column, who, latest) for column in table.columns}
            tx.execute(insert(table).values({column.name: value for column, value in row.items()}))
            latest |= row


def held(tx: Connection) -> Iterator[tuple[Table, Mapping[str, Any]]]:
    """Every row of every table, as it is stored."""
    for table in metadata.sorted_tables:
        for row in tx.execute(select(table)):
            yield table, dict(row._mapping)


def _value(column: Column[Any], who: Mapping[Column[Any], PersonId], latest: Mapping[Column[Any], Any]) -> Any:
    if column in who:
        return who[column]
    for key in column.foreign_keys:
        # The first row of a table that points at itself points at nothing.
        return latest.get(key.column) if key.column.table is column.table else latest[key.column]
    match column.type:
        case DecimalId():
            return str(next(_numbers))
        case UtcTime():
            return NOW
        case Boolean():
            return False
        case Integer() | BigInteger():
            return next(_numbers)
        case LargeBinary():
            return f"{PLANTED} {next(_numbers)}".encode()
        case JSON():
            return {PLANTED: next(_numbers)}
        case Text():
            return f"{PLANTED} {next(_numbers)}"
    raise AssertionError(f"no value for {column}")

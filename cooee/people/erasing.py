"""Erasing a person: every row that points at them goes, in every table, but for what a domain says that it keeps.

The row in `people` stays, because what is kept points at it; it says nothing of anybody. A table that is added
later is erased without anybody thinking of it.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, delete, select, update
from sqlalchemy.sql.elements import SQLColumnExpression

from cooee.kit.db import metadata
from cooee.kit.idempotency import made_once
from cooee.people import files, pictures
from cooee.people.belongings import Belongings
from cooee.people.ids import PersonId
from cooee.people.tables import data_exports, follows, people


def nameless(person: PersonId) -> str:
    """The username of somebody who was erased: nobody can have it, or ask for it."""
    return f"-{person}"


def is_nameless(username: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """Whether whose username this is was erased."""
    return username.startswith("-")


def erase(tx: Connection, person: PersonId, domains: Sequence[Belongings], now: datetime) -> None:
    """Erases somebody, for good. Done twice, it is done once."""
    for domain in domains:
        domain.erase(tx, person)
    _forget_files(tx, person, now)
    _count_without(tx, follows.c.follower_id == person, follows.c.followed_id, people.c.followers)
    _count_without(tx, follows.c.followed_id == person, follows.c.follower_id, people.c.following)
    tx.execute(delete(made_once).where(made_once.c.who == person))
    keeps = {column for domain in domains for column in domain.keeps}
    for table, column in pointing():
        if column not in keeps:
            tx.execute(delete(table).where(column == person))
    tx.execute(update(people).where(people.c.id == person).values(_nobody(person)))


def pointing() -> Iterator[tuple[Table, Column[Any]]]:
    """Every column that points at a person; tables that point at others come first."""
    for table in reversed(metadata.sorted_tables):
        for column in table.columns:
            if any(key.column is people.c.id for key in column.foreign_keys):
                yield table, column


def _nobody(person: PersonId) -> dict[str, object]:
    """What stays in the row: that there was somebody, since when, and until when."""
    return {
        "username": nameless(person),
        "display_name": "",
        "bio": "",
        "language": "en",
        "zone": None,
        "picture": None,
        "password_hash": None,
        "admin": False,
        "demo": None,
        "followers": 0,
        "following": 0,
        "protected": True,
        "signed_out_at": None,
    }


def _forget_files(tx: Connection, person: PersonId, now: datetime) -> None:
    picture = tx.execute(select(people.c.picture).where(people.c.id == person)).scalar_one()
    if picture:
        files.forget(tx, pictures.blob_key(picture), now)
    for name in tx.execute(select(data_exports.c.file).where(data_exports.c.person_id == person)).scalars():
        if name:
            files.forget(tx, files.export_key(name), now)


def _count_without(tx: Connection, pairs: ColumnElement[bool], others: Column[str], counted: Column[int]) -> None:
    theirs = select(others).where(pairs)
    tx.execute(update(people).where(people.c.id.in_(theirs)).values({counted: counted - 1}))

"""Reading and writing accounts; who follows whom is in `following.py`."""

from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from cooee.kit.db import insert_new
from cooee.people import search
from cooee.people.ids import DemoPart, PersonId
from cooee.people.records import PersonRecord
from cooee.people.tables import people

_COLUMNS = [people.c[field.name] for field in fields(PersonRecord)]


def insert_person(tx: Connection, person: PersonRecord, password_hash: str | None) -> bool:
    """False if the id or the username is taken."""
    if not insert_new(tx, people, {**vars(person), "password_hash": password_hash}):
        return False
    search.note(tx, [(person.id, person.username, person.display_name)])
    return True


def insert_people(tx: Connection, persons: Collection[PersonRecord]) -> None:
    """Many at once, without passwords."""
    tx.execute(insert(people), [{**vars(person), "password_hash": None} for person in persons])
    search.note(tx, [(person.id, person.username, person.display_name) for person in persons])


def person(tx: Connection, id: PersonId) -> PersonRecord | None:
    """Who has this id."""
    row = tx.execute(select(*_COLUMNS).where(people.c.id == id)).one_or_none()
    return None if row is None else record(row)


def by_username(tx: Connection, username: str) -> PersonRecord | None:
    """Who has this username (as `rules.username` gives it)."""
    row = tx.execute(select(*_COLUMNS).where(people.c.username == username)).one_or_none()
    return None if row is None else record(row)


def persons(tx: Connection, ids: Collection[PersonId]) -> dict[PersonId, PersonRecord]:
    """Those of `ids` who exist."""
    if not ids:
        return {}
    rows = tx.execute(select(*_COLUMNS).where(people.c.id.in_(set(ids)))).all()
    return {row.id: record(row) for row in rows}


def hold_both(tx: Connection, one: PersonId, other: PersonId) -> dict[PersonId, PersonRecord]:
    """Those of the two who exist; nobody else changes how they stand to each other until this transaction ends."""
    query = select(*_COLUMNS).where(people.c.id.in_((one, other))).order_by(people.c.id).with_for_update()
    return {row.id: record(row) for row in tx.execute(query)}


def hold(tx: Connection, id: PersonId) -> PersonRecord | None:
    """Who has this id; nobody changes the account until this transaction ends."""
    row = tx.execute(select(*_COLUMNS).where(people.c.id == id).with_for_update(read=True)).one_or_none()
    return None if row is None else record(row)


def take_turn(tx: Connection, id: PersonId) -> None:
    """Whoever else takes a turn of this person waits until this transaction ends: limits are counted one by one."""
    tx.execute(select(people.c.id).where(people.c.id == id).with_for_update(key_share=True)).one_or_none()


def hold_alone(tx: Connection, id: PersonId) -> None:
    """Whoever else holds this account alone waits until this transaction ends: of two who ask first, one asks later."""
    tx.execute(select(people.c.id).where(people.c.id == id).with_for_update()).one_or_none()


def demo_people(tx: Connection, *parts: DemoPart) -> list[PersonRecord]:
    """The demo's accounts with one of these parts, best known first."""
    query = select(*_COLUMNS).where(people.c.demo.in_(parts)).order_by(people.c.followers.desc(), people.c.id)
    return [record(row) for row in tx.execute(query)]


def anybody(tx: Connection) -> bool:
    """Whether there is any account."""
    return tx.execute(select(people.c.id).limit(1)).one_or_none() is not None


def remove_demo(tx: Connection) -> int:
    """Deletes the demo's accounts and, by foreign key, all that is theirs; how many there were."""
    return tx.execute(delete(people).where(people.c.demo.is_not(None))).rowcount


def password_hash(tx: Connection, username: str) -> tuple[PersonId, str | None] | None:
    """Whose username it is, and the hash of the password if the account has one."""
    row = tx.execute(select(people.c.id, people.c.password_hash).where(people.c.username == username)).one_or_none()
    return row and (row.id, row.password_hash)


def change(tx: Connection, id: PersonId, values: Mapping[str, Any]) -> None:
    """Sets columns of an account."""
    if values:
        tx.execute(update(people).where(people.c.id == id).values(values))
    if {"username", "display_name"} & values.keys():
        search.note_anew(tx, id)


def record(row: Row[Any]) -> PersonRecord:
    """A row of `people` as a record."""
    return PersonRecord(**{column.name: getattr(row, column.name) for column in _COLUMNS})

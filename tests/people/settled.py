"""People straight in the database, for tests of what is asked about them."""

from datetime import timedelta

from sqlalchemy import Connection, Table, insert, update

from cooee.kit.clock import SettableClock
from cooee.people import store
from cooee.people.ids import PersonId
from cooee.people.records import PersonRecord
from cooee.people.tables import blocks, follows, mutes, people

NOW = SettableClock().now()


def settle(tx: Connection, *names: str) -> list[PersonId]:
    """Accounts with these usernames; their ids, from 1 on."""
    ids = [PersonId(str(number)) for number in range(1, len(names) + 1)]
    store.insert_people(tx, [_record(id, name) for id, name in zip(ids, names, strict=True)])
    return ids


def block(tx: Connection, one: PersonId, other: PersonId) -> None:
    _pair(tx, blocks, one, other)


def mute(tx: Connection, one: PersonId, other: PersonId) -> None:
    _pair(tx, mutes, one, other)


def follow(tx: Connection, one: PersonId, other: PersonId) -> None:
    _pair(tx, follows, one, other)


def protect(tx: Connection, person: PersonId) -> None:
    tx.execute(update(people).where(people.c.id == person).values(protected=True))


def delete(tx: Connection, person: PersonId) -> None:
    tx.execute(update(people).where(people.c.id == person).values(deleting_at=NOW))


def suspend(tx: Connection, person: PersonId) -> None:
    tx.execute(update(people).where(people.c.id == person).values(suspended_until=NOW + timedelta(days=7)))


def _pair(tx: Connection, table: Table, one: PersonId, other: PersonId) -> None:
    first, second, since = (column.name for column in table.c)
    tx.execute(insert(table).values({first: one, second: other, since: NOW}))


def _record(id: PersonId, name: str) -> PersonRecord:
    return PersonRecord(id, name, name.title(), "", "en", None, False, None, NOW, 0, 0)

"""What a unit of work promises, on SQLite and PostgreSQL."""

import asyncio
from threading import Barrier, Thread

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from cooee.kit import facts
from cooee.kit.db import Database, after_commit, insert_new, signal

pytestmark = pytest.mark.anyio


def increment(tx: Connection) -> None:
    tx.execute(facts.facts.select().where(facts.facts.c.name == "n").with_for_update())
    facts_value = int(facts.fact(tx, "n") or 0)
    tx.execute(facts.facts.update().where(facts.facts.c.name == "n").values(value=str(facts_value + 1)))


async def test_no_increment_is_lost_among_many_writers(database: Database) -> None:
    await database.write(lambda tx: facts.write_down(tx, "n", "0"))
    await asyncio.gather(*(database.write(increment) for _ in range(40)))
    assert await database.read(lambda tx: facts.fact(tx, "n")) == "40"


async def test_what_fails_leaves_nothing_behind(database: Database) -> None:
    def work(tx: Connection) -> None:
        facts.write_down(tx, "half", "done")
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(work)
    assert await database.read(lambda tx: facts.fact(tx, "half")) is None


async def test_a_read_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError):
        await database.read(lambda tx: facts.write_down(tx, "sneaked", "in"))


async def test_a_read_sees_one_moment(database: Database) -> None:
    await database.write(lambda tx: facts.write_down(tx, "n", "0"))

    def work(tx: Connection) -> tuple[str | None, str | None]:
        before = facts.fact(tx, "n")
        writer = Thread(target=lambda: database.write_now(increment))
        writer.start()
        writer.join()
        return before, facts.fact(tx, "n")

    assert await database.read(work) == ("0", "0")


async def test_hooks_run_after_the_commit_and_in_its_order(database: Database) -> None:
    await database.write(lambda tx: facts.write_down(tx, "n", "0"))
    seen: list[tuple[str | None, str | None]] = []

    def work(tx: Connection) -> None:
        increment(tx)
        mine = facts.fact(tx, "n")
        after_commit(tx, lambda: seen.append((mine, database.read_now(lambda tx: facts.fact(tx, "n")))))

    await asyncio.gather(*(database.write(work) for _ in range(20)))
    assert seen == [(str(n), str(n)) for n in range(1, 21)]


async def test_a_hook_of_what_was_rolled_back_never_runs(database: Database) -> None:
    ran: list[str] = []

    def work(tx: Connection) -> None:
        after_commit(tx, lambda: ran.append("hook"))
        signal(tx, "rung")
        raise LookupError

    database.on_signal("rung", lambda: ran.append("signal"))
    with pytest.raises(LookupError):
        await database.write(work)
    await database.write(lambda tx: None)
    assert ran == []


def fail() -> None:
    raise LookupError


async def test_a_failing_hook_fails_neither_the_write_nor_the_next_hook(database: Database) -> None:
    ran: list[str] = []

    def work(tx: Connection) -> str:
        after_commit(tx, lambda: ran.append("first"))
        after_commit(tx, fail)
        after_commit(tx, lambda: ran.append("last"))
        return "written"

    assert await database.write(work) == "written"
    assert ran == ["first", "last"]


async def test_a_signal_rings_once_per_commit(database: Database) -> None:
    rings: list[int] = []
    database.on_signal("bell", lambda: rings.append(1))

    def work(tx: Connection) -> None:
        signal(tx, "bell")
        signal(tx, "bell")

    await database.write(work)
    assert rings == [1]


async def test_a_conflict_does_not_spoil_the_transaction(database: Database) -> None:
    def work(tx: Connection) -> tuple[bool, bool]:
        row = {"name": "once", "value": "first"}
        first = insert_new(tx, facts.facts, row)
        second = insert_new(tx, facts.facts, {**row, "value": "second"})
        facts.write_down(tx, "after", "wards")
        return first, second

    assert await database.write(work) == (True, False)
    assert await database.read(lambda tx: (facts.fact(tx, "once"), facts.fact(tx, "after"))) == ("first", "wards")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_two_writes_that_wait_for_each_other_both_get_done(database: Database) -> None:
    await database.write(lambda tx: facts.write_down(tx, "a", ""))
    await database.write(lambda tx: facts.write_down(tx, "b", ""))
    both_hold_one = Barrier(2)
    tries: list[str] = []

    def work(tx: Connection, first: str, then: str) -> None:
        touch(tx, first)
        if len(tries) < 2:
            tries.append(first)
            both_hold_one.wait(5)
        touch(tx, then)

    await asyncio.gather(database.write(lambda tx: work(tx, "a", "b")), database.write(lambda tx: work(tx, "b", "a")))
    assert await database.read(lambda tx: (facts.fact(tx, "a"), facts.fact(tx, "b"))) == ("xx", "xx")


def touch(tx: Connection, name: str) -> None:
    row = facts.facts.c
    tx.execute(facts.facts.update().where(row.name == name).values(value=row.value + "x"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_was_deleted_is_not_left_in_the_files_of_sqlite(database: Database) -> None:
    secret = "whispered" * 20
    await database.write(lambda tx: facts.write_down(tx, "said", secret))
    await database.write(lambda tx: facts.forget(tx, "said"))
    database.checkpoint()
    path = database.writer.url.database
    assert path is not None
    for name in (path, f"{path}-wal"):
        with open(name, "rb") as file:
            assert b"whispered" not in file.read()

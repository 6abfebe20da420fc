"""The schema: what the migrations make is what the program expects, and nobody's data is lost on the way."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from cooee import migrations
from cooee.kit import facts, outbox
from cooee.kit.clock import SettableClock, to_ms
from cooee.kit.db import Database, metadata
from cooee.kit.ids import Ids
from cooee.people import service as people
from cooee.people.ids import PersonId
from cooee.people.service import NewAccount
from cooee.tickets import payout_store


def test_the_migrations_make_the_tables_that_the_program_uses(database: Database) -> None:
    with database.writer.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _ours})
        assert compare_metadata(context, metadata) == []


def test_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_heads() == [migrations.HEAD]


def test_a_current_schema_is_left_alone(database: Database) -> None:
    assert migrations.version(database) == migrations.HEAD
    migrations.ensure(database)
    assert migrations.version(database) == migrations.HEAD


def test_an_older_sqlite_is_copied_before_it_is_migrated(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'cooee.db'}")
    migrations.upgrade(database, to="0001")
    database.write_now(lambda tx: facts.write_down(tx, "kept", "yes"))
    migrations.ensure(database)
    assert migrations.version(database) == migrations.HEAD
    assert database.read_now(lambda tx: facts.fact(tx, "kept")) == "yes"
    database.close()
    (copy,) = tmp_path.glob("cooee-before-*.db")
    with closing(sqlite3.connect(copy)) as before:
        assert before.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        assert before.execute("SELECT value FROM facts").fetchall() == [("yes",)]


def test_payouts_that_wait_are_those_of_a_host_and_a_currency_afterwards(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'cooee.db'}")
    migrations.upgrade(database, to="0024")
    clock = SettableClock()
    amara = NewAccount("amara", "Amara", None)
    host = database.write_now(lambda tx: people.sign_up(tx, amara, Ids(clock), clock.now()).id)
    with database.writer.begin() as connection:
        connection.exec_driver_sql(f"INSERT INTO payouts VALUES ('abc', {host}, 'usd', 0, 'waiting', 1, 0, NULL)")
        connection.exec_driver_sql(
            "INSERT INTO outbox (key, topic, payload, due_at, attempts)"
            " VALUES ('tickets.payout:abc', 'tickets.payout', '{\"space\": \"abc\"}', 1, 0)"
        )
    migrations.upgrade(database)
    (job,) = database.write_now(lambda tx: outbox.claim(tx, ["tickets.payout"], datetime(2026, 1, 1, tzinfo=UTC), 5))
    assert job.payload == {"space": "abc", "host": host, "currency": "usd"}
    assert job.key == f"tickets.payout:abc:{host}:usd"
    database.close()


def test_whoever_earned_beside_the_host_of_a_space_that_is_over_is_paid_out_afterwards(database: Database) -> None:
    clock = SettableClock()

    def signed_up(name: str) -> PersonId:
        return database.write_now(
            lambda tx: people.sign_up(tx, NewAccount(name, name, None), Ids(clock), clock.now()).id
        )

    amara, bo = signed_up("amara"), signed_up("bo")
    with database.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0025'")
        for space, ended in (("over", "5000"), ("live", "NULL")):
            connection.exec_driver_sql(
                "INSERT INTO spaces (id, audience, stage_epoch, version, document, owner_id, started_at, ended_at)"
                f" VALUES ('{space}', 'public', 1, 1, '', {amara}, 1, {ended})"
            )
        rows = (
            *(("1", "over", amara, "usd", "paid"), ("2", "over", bo, "usd", "paid")),
            *(("3", "over", bo, "usd", "paid"), ("4", "over", bo, "eur", "refunded")),
            ("5", "live", bo, "usd", "paid"),
        )
        for id, space, host, currency, state in rows:
            connection.exec_driver_sql(
                "INSERT INTO ticket_sales"
                " (id, kind, space_id, host_id, buyer_id, holder_id, currency, amount, fee, rate, state, made_at)"
                f" VALUES ('{id}', 'tip', '{space}', {host}, {amara}, {amara}, '{currency}', 500, 15, 1,"
                f" '{state}', 1)"
            )
        connection.exec_driver_sql(f"INSERT INTO payouts VALUES ('over', {amara}, 'usd', 485, 'paid', 1, 0, NULL)")
    migrations.upgrade(database, to="0026")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    (job,) = database.write_now(lambda tx: outbox.claim(tx, ["tickets.payout"], now, 5))
    assert job.payload == {"space": "over", "host": bo, "currency": "usd"}
    assert job.key == f"tickets.payout:over:{bo}:usd"
    left = database.read_now(lambda tx: payout_store.payouts_to(tx, bo))
    assert [(one.space, one.currency, one.amount, one.state, to_ms(one.due_at)) for one in left] == [
        ("over", "usd", 0, "waiting", 5000 + 48 * 3_600_000)
    ]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_older_postgresql_waits_for_its_operator(database: Database) -> None:
    with database.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(migrations.SchemaOutdated, match="cooee migrate"):
        migrations.ensure(database)


def _ours(name: str | None, _kind: str, _parents: object) -> bool:
    """Not the index of words, which each database has in its own way."""
    return not (name or "").startswith("post_search")

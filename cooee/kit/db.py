"""One unit of work at a time, in a worker thread, on SQLite or PostgreSQL.

A service is a synchronous function of a `Connection`; a shell runs it with `await db.write(…)` or `await db.read(…)`.
Inside a write: no network, no hashing, no call of the engine; what must happen afterwards is given to `after_commit`.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from sqlalchemy import Connection, Engine, MetaData, Table, literal
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import OperationalError

from cooee.kit.engines import postgresql_engine, sqlite_reader, sqlite_writer

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

T = TypeVar("T")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_HOOKS = "cooee.after_commit"
_SIGNALS = "cooee.signals"
_ATTEMPTS = 4
_LOCK_TIMEOUT = "2s"
_log = structlog.get_logger(__name__)


class Database:
    """Where everything durable is. Made from a SQLAlchemy address: `sqlite:///path` or `postgresql+psycopg://…`."""

    def __init__(self, url: str, *, readers: int = 4, writers: int = 8) -> None:
        """`writers` counts for PostgreSQL only: SQLite has one."""
        self.is_sqlite = url.startswith("sqlite")
        self._writer: Engine
        self._reader: Engine
        if self.is_sqlite:
            writers = 1
            self._writer, self._reader = sqlite_writer(url), sqlite_reader(url, readers)
        else:
            self._writer = postgresql_engine(url, writers)
            self._reader = postgresql_engine(url, readers).execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        self._writing = ThreadPoolExecutor(writers, "db-write")
        self._reading = ThreadPoolExecutor(readers, "db-read")
        self._commit_order = Lock()
        self._listeners: dict[str, Callable[[], None]] = {}

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Runs `work` in one transaction and commits it; whatever it raises rolls everything back."""
        return await asyncio.get_running_loop().run_in_executor(self._writing, self.write_now, work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Runs `work` on one snapshot of the data. It cannot write."""
        return await asyncio.get_running_loop().run_in_executor(self._reading, self.read_now, work)

    def write_now(self, work: Callable[[Connection], T]) -> T:
        """`write` in the calling thread, for the command line and for tests. `work` may run again after a deadlock."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return self._write_once(work)
            except OperationalError as error:
                if attempt == _ATTEMPTS or not _is_deadlock(error):
                    raise
        raise AssertionError("the last attempt returns or raises")

    def read_now(self, work: Callable[[Connection], T]) -> T:
        """`read` in the calling thread."""
        with self._reader.connect() as connection, connection.begin():
            return work(connection)

    def on_signal(self, name: str, listener: Callable[[], None]) -> None:
        """`listener` is called, from any thread, after each commit in which somebody called `signal(…, name)`."""
        self._listeners[name] = listener

    def checkpoint(self) -> bool:
        """Empties SQLite's log, which still holds what was deleted; False if somebody still reads from it."""
        if self.is_sqlite:
            # Past SQLAlchemy, which would begin a transaction first.
            with closing(self._writer.raw_connection()) as connection:
                (busy, _, _) = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                return not busy
        return True

    async def scrub(self, *tables: Table) -> None:
        """Has the files hold nothing any more that was deleted from these tables, or stood in their rows before.

        PostgreSQL writes the tables anew, and keeps others away from them meanwhile; its log is the operator's.

        Raises:
            OperationalError, TimeoutError: somebody is using them; try again.
        """
        work = self._empty_log if self.is_sqlite else lambda: self._rewrite(tables)
        await asyncio.get_running_loop().run_in_executor(self._writing, work)

    def _empty_log(self) -> None:
        if not self.checkpoint():
            raise TimeoutError("somebody reads what SQLite's log holds")

    def _rewrite(self, tables: Collection[Table]) -> None:
        with self._writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"SET lock_timeout = '{_LOCK_TIMEOUT}'")
            try:
                for table in tables:
                    connection.exec_driver_sql(f'VACUUM (FULL) "{table.name}"')
            finally:
                connection.exec_driver_sql("RESET lock_timeout")

    def close(self) -> None:
        """Waits for work under way and closes every connection."""
        self._writing.shutdown()
        self._reading.shutdown()
        self._writer.dispose()
        self._reader.dispose()

    @property
    def writer(self) -> Engine:
        """The engine itself, for migrations."""
        return self._writer

    def _write_once(self, work: Callable[[Connection], T]) -> T:
        with self._writer.connect() as connection:
            hooks: list[Callable[[], None]] = []
            signals: set[str] = set()
            connection.info[_HOOKS], connection.info[_SIGNALS] = hooks, signals
            transaction = connection.begin()
            try:
                result = work(connection)
            except BaseException:
                transaction.rollback()
                raise
            if not hooks:
                transaction.commit()
            else:
                # Whoever waits for our row lock can only commit after us; holding this lock from before our commit
                # until our hooks have run makes hooks run in the order of commits.
                with self._commit_order:
                    transaction.commit()
                    _run(hooks)
        for name in signals & self._listeners.keys():
            self._listeners[name]()
        return result


def after_commit(connection: Connection, hook: Callable[[], None]) -> None:
    """Has `hook` called once the write is committed, in the order of commits; never if it is rolled back.

    It runs in the writing thread: it must be quick, and must not touch the database.
    """
    hooks: list[Callable[[], None]] = connection.info[_HOOKS]
    hooks.append(hook)


def signal(connection: Connection, name: str) -> None:
    """Wakes whoever registered for `name` by `Database.on_signal` after the commit, once however often it is called."""
    signals: set[str] = connection.info[_SIGNALS]
    signals.add(name)


def insert_new(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Inserts a row unless one with the same key is there; whether it did. No conflict spoils the transaction."""
    statement = _insert(connection, table).values(values).on_conflict_do_nothing()
    # Not `rowcount`, which drivers need not know of an INSERT.
    return connection.execute(statement.returning(literal(1))).first() is not None


def _insert(connection: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    # Late, so that a node on SQLite does not spend a tenth of a second of its start on it.
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def _run(hooks: list[Callable[[], None]]) -> None:
    for hook in hooks:
        try:
            hook()
        except Exception:
            _log.exception("after_commit.failed")


def _is_deadlock(error: OperationalError) -> bool:
    """PostgreSQL's deadlock_detected and serialization_failure: the transaction was undone and may be tried again."""
    return getattr(error.orig, "sqlstate", None) in {"40P01", "40001"}

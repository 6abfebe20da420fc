"""How connections are opened, so that SQLite keeps its promises and PostgreSQL survives its own restart."""

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    # With WAL a killed process loses nothing; only a power cut can take the last commits.
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 10000",
    # What people delete must not stay readable in the file.
    "PRAGMA secure_delete = ON",
    "PRAGMA temp_store = MEMORY",
)


def sqlite_writer(url: str) -> Engine:
    """The one connection that writes; a second thread waits for it."""
    engine = _sqlite(url, 1, _PRAGMAS)

    # The driver would begin a read transaction first and lose updates when it turns into a write.
    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def sqlite_reader(url: str, size: int) -> Engine:
    """Connections that refuse to write."""
    engine = _sqlite(url, size, (*_PRAGMAS, "PRAGMA query_only = ON"))

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def postgresql_engine(url: str, size: int) -> Engine:
    """A pool that checks a connection before it hands it out."""
    return create_engine(url, pool_size=size, max_overflow=0, pool_pre_ping=True, pool_timeout=10)


def _sqlite(url: str, size: int, pragmas: tuple[str, ...]) -> Engine:
    engine = create_engine(
        url,
        pool_size=size,
        max_overflow=0,
        pool_timeout=30,
        # `None` keeps the driver from beginning and committing behind SQLAlchemy's back.
        connect_args={"isolation_level": None, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: Any) -> None:
        for pragma in pragmas:
            connection.execute(pragma)

    return engine

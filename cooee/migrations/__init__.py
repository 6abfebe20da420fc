"""The database's schema, version by version."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import structlog
from sqlalchemy import Connection, inspect, text

from cooee.kit.db import Database

HEAD = "0029"
"""The schema that this program writes. A test holds it to the newest file in `versions/`."""

_log = structlog.get_logger(__name__)


class SchemaOutdated(Exception):
    """PostgreSQL has another schema than this program's: `cooee migrate` brings it up."""


def ensure(database: Database) -> None:
    """Migrates SQLite, after a copy. On PostgreSQL that is left to `cooee migrate`, since other nodes may be at work.

    Raises:
        SchemaOutdated: PostgreSQL, and the schema is not this program's.
    """
    found = version(database)
    if found == HEAD:
        return
    if not database.is_sqlite:
        raise SchemaOutdated("The database has another schema. Run `cooee migrate`.")
    if found is not None:
        copy = copy_sqlite(database, found)
        _log.info("schema.copied", file=copy and copy.name)
    upgrade(database)
    _log.info("schema.migrated", to=HEAD)


def version(database: Database) -> str | None:
    """The schema that the database has; None if it is empty."""
    return database.read_now(_version)


def upgrade(database: Database, to: str = HEAD) -> None:
    """Brings the schema up to a version, in one transaction."""
    # Alembic takes longer to import than all else: a node whose schema is current never needs it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))

    def work(tx: Connection) -> None:
        config.attributes["connection"] = tx
        command.upgrade(config, to)

    database.write_now(work)


def copy_sqlite(database: Database, version: str) -> Path | None:
    """Copies the database's file beside itself before a migration; None if there is nothing to copy."""
    path = Path(database.writer.url.database or "")
    if not path.exists() or path.stat().st_size == 0:
        return None
    target = path.with_name(f"{path.stem}-before-{HEAD}-from-{version}.db")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    shutil.copymode(path, target)
    return target


def _version(tx: Connection) -> str | None:
    if not inspect(tx).has_table("alembic_version"):
        return None
    return tx.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()

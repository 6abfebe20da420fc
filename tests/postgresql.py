"""Debian's PostgreSQL, run for the tests alone: on a Unix socket, without a promise to survive a power cut."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

_FAST = (
    "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off "
    "-c max_connections=200 -c shared_buffers=32MB"
)
_EMPTY = b"""
DO $$
DECLARE one record;
BEGIN
    SET LOCAL lock_timeout = '500ms';
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT oid::regclass AS name FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'
        -- A table without a page has never held anything.
        AND pg_relation_size(oid) > 0
    LOOP EXECUTE format('DELETE FROM %s', one.name); END LOOP;
    FOR one IN SELECT oid::regclass AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'
    LOOP EXECUTE format('ALTER SEQUENCE %s RESTART', one.name); END LOOP;
END $$
"""
_SHAPE = b"""
SELECT md5(string_agg(format('%s %s', relation.relname, field.attname), ',' ORDER BY relation.relname, field.attnum))
FROM pg_class relation LEFT JOIN pg_attribute field ON field.attrelid = relation.oid AND field.attnum > 0
WHERE relation.relnamespace = 'public'::regnamespace
"""
_VERSION = b"SELECT version_num FROM alembic_version"


class Cluster:
    """A running server."""

    TEMPLATE = "cooee_template"

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._binaries = binaries
        self._folder = folder
        self._numbers = count(1)
        self._free: list[str] = []
        self._shape: tuple[object, ...] | None = None

    @classmethod
    def start(cls) -> "Cluster":
        """Makes and starts a server. As root it runs as `postgres`, since `initdb` refuses root."""
        # Not in pytest's folder: its parents are closed to other users, and a socket's path has at most 107 bytes.
        folder = Path(tempfile.mkdtemp(prefix="cooee-pg-"))
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        cluster = cls(_binaries(), folder)
        cluster._run("initdb", "--pgdata", str(folder / "data"), "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
        log = str(folder / "log")
        cluster._run(
            "pg_ctl", "--pgdata", str(folder / "data"), "--wait", "--log", log, "-o", f"{_FAST} -k {folder}", "start"
        )
        return cluster

    def stop(self) -> None:
        """Stops the server and deletes it."""
        self._run("pg_ctl", "--pgdata", str(self._folder / "data"), "--mode=immediate", "stop")
        shutil.rmtree(self._folder)

    def create(self, name: str, template: str = "template0") -> str:
        """Makes a database; its address for SQLAlchemy."""
        with self._connected("postgres") as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
        return f"postgresql+psycopg://{_user()}@/{name}?host={self._folder}"

    def copy_of_template(self) -> str:
        """Makes a database with today's schema."""
        return self.create(f"test_{next(self._numbers)}", self.TEMPLATE)

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The address of an empty database with today's schema, for one test.

        Emptied and lent again afterwards, since making one costs thirty times as much; one that cannot be emptied, or
        has another schema by then, is left alone.
        """
        if self._shape is None:
            with self._connected(self.TEMPLATE) as connection:
                self._shape = _shape(connection)
        address = self._free.pop() if self._free else self.copy_of_template()
        yield address
        name = address.partition("@/")[2].partition("?")[0]
        try:
            with self._connected(name) as connection:
                if _shape(connection) == self._shape:
                    connection.execute(_EMPTY)
                    self._free.append(address)
        except psycopg.errors.LockNotAvailable:
            pass

    def _connected(self, name: str) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(f"host={self._folder} user={_user()} dbname={name}", autocommit=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._binaries / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd="/", check=False)
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"


def _shape(connection: psycopg.Connection[tuple[Any, ...]]) -> tuple[object, ...]:
    """What tells whether the schema is still today's: every table, index and column, and its number."""
    try:
        return (connection.execute(_SHAPE).fetchone(), connection.execute(_VERSION).fetchall())
    except psycopg.errors.UndefinedTable:
        return ()


def _binaries() -> Path:
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parent.parent.name))
    assert found, "PostgreSQL is missing: apt-get install postgresql"
    return found[-1].parent


def _user() -> str:
    return "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name

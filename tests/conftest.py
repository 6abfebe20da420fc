"""What every suite starts from: a database of each kind with today's schema, a clock that stands still, a node."""

import gc
import io
import logging
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from argon2 import PasswordHasher
from fastapi import FastAPI

from cooee import migrations
from cooee.app import create_app
from cooee.kit import db, engines, logs
from cooee.kit.clock import SettableClock
from cooee.kit.db import Database
from cooee.kit.ids import Ids
from cooee.people.passwords import Passwords
from cooee.settings import Settings
from tests.lent_engines import lending
from tests.postgresql import Cluster
from tests.visitor import Visitor

KINDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it for garbage again and again was a quarter of the suite's work."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


@pytest.fixture(scope="session", autouse=True)
def lent_engines() -> Iterator[None]:
    """Databases that are opened again and again compile their statements once."""
    with pytest.MonkeyPatch.context() as patch:
        for make in (engines.sqlite_writer, engines.sqlite_reader, engines.postgresql_engine):
            patch.setattr(db, make.__name__, lending(make))
        yield


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with today's schema, to be copied."""
    path = tmp_path_factory.mktemp("template") / "cooee.db"
    database = Database(f"sqlite:///{path}")
    migrations.upgrade(database)
    database.close()
    return path


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each test finds its SQLite, at one address, so that what was compiled for it serves the next."""
    return tmp_path_factory.mktemp("database") / "cooee.db"


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of our own, started when a test first asks for it."""
    cluster = Cluster.start()
    try:
        template = Database(cluster.create(Cluster.TEMPLATE))
        migrations.upgrade(template)
        template.close()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database with today's schema, of each kind in turn."""
    if request.param == "sqlite":
        file: Path = request.getfixturevalue("sqlite_file")
        for old in file.parent.iterdir():
            old.unlink()
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
    else:
        cluster: Cluster = request.getfixturevalue("cluster")
        with cluster.lent() as address:
            yield address


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def ids(clock: SettableClock) -> Ids:
    return Ids(clock)


@pytest.fixture
def changed_settings() -> dict[str, Any]:
    """Override this to start `node` with other settings."""
    return {}


@pytest.fixture
def settings(database_url: str, tmp_path: Path, changed_settings: dict[str, Any]) -> Settings:
    defaults: dict[str, Any] = {
        "data_dir": tmp_path,
        "database_url": database_url,
        "edge_port": 0,
        "sign_up_limit": "",
        "sign_in_address_limit": "",
    }
    return Settings(**(defaults | changed_settings))


@pytest.fixture
async def node(settings: Settings, clock: SettableClock) -> AsyncIterator[FastAPI]:
    """A node that has started; its password hashes are cheap."""
    app = create_app(settings, clock=clock, passwords=Passwords(PasswordHasher(1, 8, 1)))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def guest(node: FastAPI) -> AsyncIterator[Visitor]:
    """Somebody without an account; `await guest.sign_up("ada")` gives somebody with one."""
    async with Visitor.of(node) as visitor:
        yield visitor


@pytest.fixture
def log_lines() -> Iterator[io.StringIO]:
    """Everything that is logged from here on, as JSON lines."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.StringIO()
    logs.configure("json", "debug", stream)
    # The tests' own client.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    yield stream
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()

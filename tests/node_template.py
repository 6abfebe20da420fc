"""Nodes for the tests of the browser and of live rooms, forked from a process that has loaded everything.

A start costs milliseconds so, where `cooee serve` takes two seconds of a core. Each line of JSON on standard input,
`{"environment": {…}, "folder": …, "log": …}`, starts a node; the line that answers it is its process id. The end of
the input ends them all. What a test kills and starts again is started as people do.
"""

import asyncio
import gc
import json
import os
import shutil
import signal
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import NoReturn, TypedDict

import httptools  # noqa: F401 — loaded for the nodes
import httpx
import uvloop  # noqa: F401
from argon2 import PasswordHasher
from rich.console import Console

import cooee
from cooee import migrations
from cooee.app import create_app
from cooee.cli.serve import run
from cooee.kit import logs
from cooee.kit.db import Database
from cooee.people import passwords
from cooee.settings import Settings


class Wanted(TypedDict):
    """What a node is to be started with."""

    environment: dict[str, str]
    folder: str
    log: str


def main() -> None:
    """Answers until the input ends."""
    os.setpgrp()
    # Answers are all that is said on standard output.
    logs.configure("json", "error")
    # Nobody waits for the nodes: the system forgets each when it is gone, and whoever started it sees that.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # A password costs a fifth of a second of a core by design; people of a test have none worth that.
    vars(passwords)["PasswordHasher"] = partial(PasswordHasher, 1, 8, 1)
    schema = _schema()
    _look_round()
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        wanted: Wanted = json.loads(line)
        node = os.fork()
        if not node:
            _serve(wanted, schema)
        sys.stdout.write(f"{node}\n")
        sys.stdout.flush()
    schema.unlink()
    os.killpg(0, signal.SIGKILL)


def _schema() -> Path:
    """An empty database with today's schema."""
    handle, path = tempfile.mkstemp(prefix="cooee-schema-")
    os.close(handle)
    database = Database(f"sqlite:///{path}")
    migrations.upgrade(database)
    database.close()
    return Path(path)


def _look_round() -> None:
    """What a node finds out when it is first asked, of its routes and of the client's files: once, for all of them."""
    for demo in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            node = create_app(Settings(data_dir=Path(folder), demo=demo))
            asyncio.run(_ask(httpx.ASGITransport(node)))
            node.state.tools.db.close()


async def _ask(node: httpx.ASGITransport) -> None:
    web = Path(cooee.__file__).parent / "web"
    files = [path.relative_to(web).as_posix() for path in web.rglob("*") if path.suffix in (".js", ".css", ".html")]
    async with httpx.AsyncClient(transport=node, base_url="http://localhost", verify=False) as client:
        for path in ("healthz", *files):
            assert (await client.get(path)).is_success


def _serve(wanted: Wanted, schema: Path) -> NoReturn:
    """Becomes the node."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(wanted["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.chdir(wanted["folder"])
    os.environ.clear()
    os.environ.update(wanted["environment"])
    settings = Settings()
    if settings.database.startswith("sqlite"):
        settings.make_data_dir()
        shutil.copyfile(schema, settings.data_dir / "cooee.db")
    code = 1
    try:
        code = run(settings, Console(highlight=False))
    finally:
        sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    main()

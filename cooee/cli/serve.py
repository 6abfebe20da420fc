"""Runs a node until it is told to stop."""

import gc
import os
import socket

import uvicorn
from rich.console import Console

from cooee import migrations
from cooee.app import create_app
from cooee.demo import NotEmpty, check
from cooee.kit import logs
from cooee.kit.db import Database
from cooee.settings import Settings

_FAILED = 3


class _Server(uvicorn.Server):
    """Says where the site is once it answers."""

    def __init__(self, config: uvicorn.Config, announcement: str, console: Console) -> None:
        super().__init__(config)
        self._announcement = announcement
        self._console = console

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            # What is loaded by now stays: a look through it for garbage halts everybody for a tenth of a second.
            gc.collect()
            gc.freeze()
            self._console.print(self._announcement)


def run(settings: Settings, console: Console) -> int:
    """Serves until SIGINT or SIGTERM; the process's exit code."""
    logs.configure(settings.log_format, settings.log_level)
    # What is kept is nobody else's on this machine.
    os.umask(0o077)
    settings.make_data_dir()
    try:
        _look_before_starting(settings)
    except (migrations.SchemaOutdated, NotEmpty) as error:
        console.print(f"[red]✗[/] {error}")
        return _FAILED
    server = _Server(_config(settings), f"Cooee is ready: [bold]{settings.site_url}[/]", console)
    try:
        server.run()
    except KeyboardInterrupt:
        return 0
    return 0 if server.started else _FAILED


def _look_before_starting(settings: Settings) -> None:
    """What the operator has to hear in one line, before the server's own start fails with many."""
    database = Database(settings.database)
    try:
        migrations.ensure(database)
        if settings.demo:
            database.read_now(check)
    finally:
        database.close()


def _config(settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        create_app(settings),
        host=settings.http_host,
        port=settings.http_port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=settings.shutdown_grace_s,
    )

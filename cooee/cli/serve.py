"""Runs a node until it is told to stop."""

import os
import socket

import uvicorn
from rich.console import Console

from cooee.app import SchemaOutdated, create_app, ensure_schema
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
            self._console.print(self._announcement)


def run(settings: Settings, console: Console) -> int:
    """Serves until SIGINT or SIGTERM; the process's exit code."""
    logs.configure(settings.log_format, settings.log_level)
    # What is kept is nobody else's on this machine.
    os.umask(0o077)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        database = Database(settings.database)
        ensure_schema(settings, database)
        database.close()
    except SchemaOutdated as error:
        console.print(f"[red]✗[/] {error}")
        return _FAILED
    server = _Server(_config(settings), f"Cooee is ready: [bold]{settings.site_url}[/]", console)
    try:
        server.run()
    except KeyboardInterrupt:
        return 0
    return 0 if server.started else _FAILED


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

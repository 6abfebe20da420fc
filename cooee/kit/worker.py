"""Works the outbox: takes what is due, does it, and tries again what failed."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import structlog
from sqlalchemy import Connection

from cooee.kit import outbox
from cooee.kit.clock import Clock
from cooee.kit.db import Database
from cooee.kit.outbox import Job

_SWEEP_S = 1.0
_BATCH = 20
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Inside:
    """Work in the database alone: done in the transaction that deletes the row, hence exactly once."""

    run: Callable[[Connection, Job], None]


@dataclass(frozen=True)
class Outside:
    """Work in the world (mail, push, a call): done at least once; a repeat is recognised by the job's key.

    It must end before the lease does (`outbox.LEASE`).
    """

    run: Callable[[Job], Awaitable[None]]


Handler = Inside | Outside


class Worker:
    """One per node."""

    def __init__(self, database: Database, clock: Clock, handlers: Mapping[str, Handler]) -> None:
        """`handlers` by topic; rows of other topics are left to nodes that know them."""
        self._database = database
        self._clock = clock
        self._handlers = handlers

    async def run(self) -> None:
        """Works until cancelled: at once after a commit that put something, else once a second."""
        wake = asyncio.Event()
        loop = asyncio.get_running_loop()

        def rouse() -> None:
            loop.call_soon_threadsafe(wake.set)

        self._database.on_signal(outbox.WAKE, rouse)
        while True:
            wake.clear()
            try:
                busy = await self.run_due()
            except Exception:
                _log.exception("outbox.sweep_failed")
                busy = 0
            if busy < _BATCH:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_SWEEP_S):
                        await wake.wait()

    async def run_due(self) -> int:
        """Does what is due now, at most one batch; how many rows were begun."""
        if not self._handlers:
            return 0
        now = self._clock.now()
        jobs = await self._database.write(lambda tx: outbox.claim(tx, self._handlers.keys(), now, _BATCH))
        for job in jobs:
            await self._do(job)
        return len(jobs)

    async def _do(self, job: Job) -> None:
        handler = self._handlers[job.topic]
        try:
            if isinstance(handler, Inside):
                await self._database.write(partial(_finish_inside, job=job, run=handler.run))
            else:
                await handler.run(job)
                await self._database.write(lambda tx: outbox.finish(tx, job))
        except Exception:
            _log.exception("outbox.failed", topic=job.topic, attempts=job.attempts)
            now = self._clock.now()
            await self._database.write(lambda tx: outbox.postpone(tx, job, now))


def _finish_inside(tx: Connection, job: Job, run: Callable[[Connection, Job], None]) -> None:
    if outbox.finish(tx, job):
        run(tx, job)

"""Works the outbox: takes what is due, does it, and tries again what failed.

Work is done in *lanes*: what is slow in one (a mail server that does not answer) holds up nothing in another.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from cooee.kit import outbox
from cooee.kit.clock import Clock
from cooee.kit.db import Database
from cooee.kit.outbox import Job

_SWEEP_S = 1.0
_RENEW_S = outbox.LEASE.total_seconds() / 3
_BATCH = 20
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Lane:
    """Work that waits for other work of its lane only."""

    name: str
    at_once: int
    """How many pieces of work are under way at the same time; of 1, each waits for the one before it."""

    @property
    def most(self) -> int:
        """How many rows are taken in one go."""
        return _BATCH if self.at_once == 1 else self.at_once

    def shares(self, jobs: Sequence[Job]) -> Sequence[Sequence[Job]]:
        """What is done side by side; within a share, one after the other."""
        if self.at_once == 1:
            return [jobs] if jobs else []
        return [[job] for job in jobs]


HERE = Lane("here", 1)
"""For what is over in a moment: nothing in it waits for the world."""


MAIL = Lane("mail", 4)
"""For letters: mail servers take their time."""


@dataclass(frozen=True)
class Inside:
    """Work in the database alone: done in the transaction that deletes the row, hence exactly once."""

    run: Callable[[Connection, Job], None]
    lane: Lane = HERE


@dataclass(frozen=True)
class Outside:
    """Work in the world (mail, push, a call): done at least once; a repeat is recognised by the job's key.

    It may take long: the lease is renewed meanwhile. Whoever loses it all the same goes on to the end, since only the
    work itself can clear away what it has put into the world; it looks in its last transaction whether it is wanted.
    """

    run: Callable[[Job], Awaitable[None]]
    lane: Lane = HERE


Handler = Inside | Outside


class Later(Exception):
    """Raised by work that the world does not take now: it is tried again, after `wait` if that is known."""

    def __init__(self, reason: str, wait: timedelta | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class Worker:
    """One per node."""

    def __init__(
        self, database: Database, clock: Clock, handlers: Mapping[str, Handler], *, renew_s: float = _RENEW_S
    ) -> None:
        """`handlers` by topic; rows of other topics are left to nodes that know them."""
        self._renew_s = renew_s
        self._database = database
        self._clock = clock
        self._handlers = handlers
        self._topics: dict[Lane, list[str]] = defaultdict(list)
        for topic, handler in handlers.items():
            self._topics[handler.lane].append(topic)

    async def run(self) -> None:
        """Works until cancelled: at once after a commit that put something, else once a second."""
        wakes = {lane: asyncio.Event() for lane in self._topics}
        loop = asyncio.get_running_loop()

        def rouse() -> None:
            for wake in wakes.values():
                loop.call_soon_threadsafe(wake.set)

        self._database.on_signal(outbox.WAKE, rouse)
        async with asyncio.TaskGroup() as group:
            for lane, wake in wakes.items():
                group.create_task(self._run_lane(lane, wake), name=f"outbox-{lane.name}")

    async def run_due(self) -> int:
        """Does what is due now, at most what each lane does at once; how many rows were begun."""
        shares = [share for lane in self._topics for share in lane.shares(await self._claim(lane, lane.most))]
        await asyncio.gather(*map(self._do_all, shares))
        return sum(map(len, shares))

    async def _run_lane(self, lane: Lane, wake: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as under_way:
            running: set[asyncio.Task[None]] = set()

            def done(task: asyncio.Task[None]) -> None:
                running.discard(task)
                wake.set()

            while True:
                wake.clear()
                most = lane.most if not running else lane.at_once - len(running)
                for share in lane.shares(await self._claim_or_none(lane, most)):
                    task = under_way.create_task(self._do_all(share))
                    running.add(task)
                    task.add_done_callback(done)
                with suppress(TimeoutError):
                    async with asyncio.timeout(_SWEEP_S):
                        await wake.wait()

    async def _claim_or_none(self, lane: Lane, most: int) -> list[Job]:
        try:
            return await self._claim(lane, most) if most > 0 else []
        except Exception:
            _log.exception("outbox.sweep_failed")
            return []

    async def _claim(self, lane: Lane, most: int) -> list[Job]:
        now = self._clock.now()
        return list(await self._database.write(lambda tx: outbox.claim(tx, self._topics[lane], now, most)))

    async def _do_all(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            await self._do(job)

    async def _do(self, job: Job) -> None:
        handler = self._handlers[job.topic]
        held = _Held(job)
        try:
            if isinstance(handler, Inside):
                await self._database.write(partial(_finish_inside, job=job, run=handler.run))
            else:
                await self._do_outside(held, handler.run)
        except Later as later:
            _log.warning("outbox.later", topic=job.topic, attempts=job.attempts, reason=str(later))
            await self._postpone(held.job, later.wait)
        except Exception:
            _log.exception("outbox.failed", topic=job.topic, attempts=job.attempts)
            await self._postpone(held.job, None)

    async def _do_outside(self, held: "_Held", run: Callable[[Job], Awaitable[None]]) -> None:
        """The work, and its lease for as long as it takes. Without the lease it ends as it would have, and counts not.

        Only the end of the node cuts it short.
        """
        work, ours = asyncio.ensure_future(run(held.job)), True
        try:
            while not (await asyncio.wait({work}, timeout=self._renew_s if ours else None))[0]:
                ours = await self._renew(held)
            work.result()
        finally:
            work.cancel()
            await asyncio.wait({work})
        if not await self._database.write(lambda tx: outbox.finish(tx, held.job)):
            _log.warning("outbox.lost", topic=held.job.topic, attempts=held.job.attempts)

    async def _renew(self, held: "_Held") -> bool:
        """Whether the work is still ours; if not, somebody else does it now, or nobody is to do it."""
        now = self._clock.now()
        try:
            renewed = await self._database.write(lambda tx: outbox.renew(tx, held.job, now))
        except Exception:
            # The database may be back before the lease lapses.
            _log.exception("outbox.renew_failed", topic=held.job.topic)
            return True
        if renewed is None:
            return False
        held.job = renewed
        return True

    async def _postpone(self, job: Job, wait: timedelta | None) -> None:
        now = self._clock.now()
        try:
            await self._database.write(lambda tx: outbox.postpone(tx, job, now, wait))
        except Exception:
            # The lease lapses, and somebody takes over.
            _log.exception("outbox.postpone_failed", topic=job.topic)


@dataclass
class _Held:
    """A job with the lease that it has now."""

    job: Job


def _finish_inside(tx: Connection, job: Job, run: Callable[[Connection, Job], None]) -> None:
    if outbox.finish(tx, job):
        run(tx, job)

"""What goes on by itself: counting while Spaces are live, and forgetting what was kept long enough."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from cooee.analytics import store
from cooee.analytics.live import Counting
from cooee.kit import outbox
from cooee.kit.clock import Clock
from cooee.kit.outbox import Job
from cooee.kit.rounds import rounds
from cooee.kit.worker import Handler, Inside
from cooee.spaces.live import Live

_LOOK_S = 1.0
_WRITE_S = 5.0
_SWEEP = "analytics.sweep"
_EVERY = timedelta(hours=6)


def handlers(clock: Clock, keep: timedelta) -> Mapping[str, Handler]:
    """What the worker does, by topic."""

    def sweep(tx: Connection, _job: Job) -> None:
        now = clock.now()
        store.forget(tx, now - keep)
        begin(tx, now + _EVERY)

    return {_SWEEP: Inside(sweep)}


def begin(tx: Connection, due_at: datetime) -> None:
    """Has old figures deleted at `due_at` and again and again from then on, unless that is arranged already."""
    outbox.put(tx, _SWEEP, _SWEEP, {}, due_at)


async def run(counting: Counting, live: Live) -> None:
    """Runs until cancelled."""

    async def see() -> None:
        look(counting, live)

    async with asyncio.TaskGroup() as group:
        group.create_task(rounds(see, _LOOK_S), name="analytics-look")
        group.create_task(rounds(counting.write, _WRITE_S), name="analytics-write")


def look(counting: Counting, live: Live) -> None:
    """Counts who listens right now."""
    counting.look({space.id: live.rooms.listeners(space.id) for space in live.rooms.spaces()})

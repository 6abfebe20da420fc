"""What a node does again and again: at once, after failures too, until it is told to stop."""

import asyncio
from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from cooee.kit.rounds import rounds

pytestmark = pytest.mark.anyio

AN_HOUR_S = 3600.0


async def stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_the_first_round_is_at_once_and_the_next_after_a_while() -> None:
    done = asyncio.Event()
    times = 0

    async def count() -> None:
        nonlocal times
        times += 1
        done.set()

    task = asyncio.create_task(rounds(count, AN_HOUR_S))
    await done.wait()
    for _ in range(10):
        await asyncio.sleep(0)
    assert times == 1
    await stop(task)


async def test_a_round_that_fails_is_logged_and_the_next_one_comes() -> None:
    well = asyncio.Event()
    left = 2

    async def stumble() -> None:
        nonlocal left
        left -= 1
        if left:
            raise OSError
        well.set()

    with capture_logs() as logged:
        task = asyncio.create_task(rounds(stumble, 0.0))
        await well.wait()
        await stop(task)
    assert [(one["event"], one["work"]) for one in logged] == [("round.failed", "stumble")]


async def test_rounds_end_in_the_midst_of_work_when_they_are_cancelled() -> None:
    begun = asyncio.Event()

    async def wait() -> None:
        begun.set()
        await asyncio.Event().wait()

    with capture_logs() as logged:
        task = asyncio.create_task(rounds(wait, 0.0))
        await begun.wait()
        await stop(task)
    assert task.cancelled()
    assert logged == []

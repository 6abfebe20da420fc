"""The worker against both databases."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from cooee.kit import facts, outbox
from cooee.kit.clock import SettableClock
from cooee.kit.db import Database
from cooee.kit.outbox import Job
from cooee.kit.worker import Inside, Lane, Later, Outside, Worker

pytestmark = pytest.mark.anyio


def count(tx: Connection, job: Job) -> None:
    facts.write_down(tx, job.key, str(int(facts.fact(tx, job.key) or 0) + 1))


async def put(database: Database, clock: SettableClock, key: str = "k", delay: timedelta = timedelta(0)) -> None:
    due = clock.now() + delay
    await database.write(lambda tx: outbox.put(tx, key, "t", {"key": key}, due))


async def test_two_workers_do_each_piece_of_work_once(database: Database, clock: SettableClock) -> None:
    for n in range(30):
        await put(database, clock, f"k{n}")
    workers = [Worker(database, clock, {"t": Inside(count)}) for _ in range(2)]
    while sum(await asyncio.gather(*(worker.run_due() for worker in workers))):
        pass
    done = await database.read(lambda tx: [facts.fact(tx, f"k{n}") for n in range(30)])
    assert done == ["1"] * 30


async def test_nothing_is_done_before_its_time(database: Database, clock: SettableClock) -> None:
    await put(database, clock, delay=timedelta(minutes=5))
    worker = Worker(database, clock, {"t": Inside(count)})
    assert await worker.run_due() == 0
    clock.advance(timedelta(minutes=5))
    assert await worker.run_due() == 1
    assert await database.read(lambda tx: facts.fact(tx, "k")) == "1"


async def test_work_that_failed_is_undone_and_done_again_later(database: Database, clock: SettableClock) -> None:
    failures = iter([True, False])

    def flaky(tx: Connection, job: Job) -> None:
        count(tx, job)
        if next(failures):
            raise LookupError

    await put(database, clock)
    worker = Worker(database, clock, {"t": Inside(flaky)})
    assert await worker.run_due() == 1
    assert await worker.run_due() == 0
    clock.advance(timedelta(seconds=2))
    assert await worker.run_due() == 1
    assert await database.read(lambda tx: facts.fact(tx, "k")) == "1"


async def test_work_may_arrange_its_next_time_under_its_own_key(database: Database, clock: SettableClock) -> None:
    def hourly(tx: Connection, job: Job) -> None:
        count(tx, job)
        outbox.put(tx, job.key, job.topic, job.payload, clock.now() + timedelta(hours=1))

    await put(database, clock)
    worker = Worker(database, clock, {"t": Inside(hourly)})
    for _ in range(3):
        assert await worker.run_due() == 1
        assert await worker.run_due() == 0
        clock.advance(timedelta(hours=1))
    assert await database.read(lambda tx: facts.fact(tx, "k")) == "3"


async def test_work_in_the_world_is_repeated_after_a_crash_and_told_by_its_key(
    database: Database, clock: SettableClock
) -> None:
    sent: list[str] = []

    async def send(job: Job) -> None:
        sent.append(job.key)
        if len(sent) == 1:
            raise asyncio.CancelledError

    await put(database, clock)
    worker = Worker(database, clock, {"t": Outside(send)})
    with suppress(asyncio.CancelledError):
        await worker.run_due()
    assert await worker.run_due() == 0
    clock.advance(outbox.LEASE)
    assert await worker.run_due() == 1
    assert sent == ["k", "k"]
    clock.advance(outbox.LEASE)
    assert await worker.run_due() == 0


async def test_work_that_takes_longer_than_its_lease_is_done_by_nobody_else(
    database: Database, clock: SettableClock
) -> None:
    begun: list[int] = []
    release = asyncio.Event()

    async def slow(job: Job) -> None:
        begun.append(job.attempts)
        await release.wait()

    def lease(tx: Connection) -> object:
        return tx.execute(select(outbox.outbox.c.lease_until)).scalar_one_or_none()

    await put(database, clock)
    worker, other = (Worker(database, clock, {"t": Outside(slow)}, renew_s=0.02) for _ in range(2))
    at_work = asyncio.create_task(worker.run_due())
    async with asyncio.timeout(20):
        for _ in range(3):
            clock.advance(outbox.LEASE / 2)
            while await database.read(lease) != clock.now() + outbox.LEASE:
                await asyncio.sleep(0.01)
            assert await other.run_due() == 0
        release.set()
        assert await at_work == 1
    assert begun == [1]
    assert await database.read(lease) is None


async def test_work_that_was_taken_back_goes_on_to_its_end_and_does_not_count(
    database: Database, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    under_way, refused, release = asyncio.Event(), asyncio.Event(), asyncio.Event()
    cleared_away: list[str] = []
    loop, renew = asyncio.get_running_loop(), outbox.renew

    async def slow(job: Job) -> None:
        under_way.set()
        await release.wait()
        cleared_away.append(job.key)

    def watched(tx: Connection, job: Job, now: datetime) -> Job | None:
        renewed = renew(tx, job, now)
        if renewed is None:
            loop.call_soon_threadsafe(refused.set)
        return renewed

    monkeypatch.setattr(outbox, "renew", watched)
    await put(database, clock)
    at_work = asyncio.create_task(Worker(database, clock, {"t": Outside(slow)}, renew_s=0.02).run_due())
    async with asyncio.timeout(20):
        await under_way.wait()
        await database.write(lambda tx: outbox.take_back(tx, "k"))
        await refused.wait()
        await put(database, clock)
        assert cleared_away == []
        release.set()
        assert await at_work == 1
    assert cleared_away == ["k"]
    assert await database.read(lambda tx: outbox.waits(tx, "k"))


async def test_a_commit_wakes_the_worker_at_once(database: Database, clock: SettableClock) -> None:
    arrived = asyncio.Event()

    async def ring(_job: Job) -> None:
        arrived.set()

    running = asyncio.create_task(Worker(database, clock, {"t": Outside(ring)}).run())
    await asyncio.sleep(0.05)
    await put(database, clock)
    await asyncio.wait_for(arrived.wait(), 0.8)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_a_lane_that_waits_for_the_world_holds_up_no_other(database: Database, clock: SettableClock) -> None:
    slow = Lane("slow", 2)
    under_way, most, full, release = 0, 0, asyncio.Event(), asyncio.Event()
    done: list[str] = []

    async def wait(_job: Job) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        if under_way == 2:
            full.set()
        await release.wait()
        under_way -= 1

    async def quick(job: Job) -> None:
        done.append(job.key)
        if len(done) == 30:
            release.set()

    handlers = {"slow": Outside(wait, slow), "quick": Outside(quick)}
    now = clock.now()
    for n in range(5):
        await database.write(lambda tx, n=n: outbox.put(tx, f"s{n}", "slow", {}, now))  # type: ignore[misc]
    running = asyncio.create_task(Worker(database, clock, handlers).run())
    await asyncio.wait_for(full.wait(), 20)
    for n in range(30):
        await database.write(lambda tx, n=n: outbox.put(tx, f"q{n}", "quick", {}, now))  # type: ignore[misc]
    await asyncio.wait_for(release.wait(), 20)
    assert len(done) == 30
    async with asyncio.timeout(20):
        while await database.read(lambda tx: tx.execute(select(outbox.outbox)).first()):
            await asyncio.sleep(0.01)
    assert most == 2
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_work_that_the_world_postpones_is_done_after_the_wait_it_asked_for(
    database: Database, clock: SettableClock
) -> None:
    tried: list[int] = []

    async def busy(job: Job) -> None:
        tried.append(job.attempts)
        if job.attempts == 1:
            raise Later("busy", timedelta(minutes=3))

    await put(database, clock)
    worker = Worker(database, clock, {"t": Outside(busy)})
    assert await worker.run_due() == 1
    clock.advance(timedelta(minutes=3) - timedelta(milliseconds=1))
    assert await worker.run_due() == 0
    clock.advance(timedelta(milliseconds=1))
    assert await worker.run_due() == 1
    assert tried == [1, 2]


async def test_a_worker_that_has_had_nothing_to_do_takes_what_comes(database: Database, clock: SettableClock) -> None:
    done: asyncio.Queue[str] = asyncio.Queue()

    async def note(job: Job) -> None:
        done.put_nowait(job.key)

    running = asyncio.create_task(Worker(database, clock, {"t": Outside(note)}).run())
    for n in range(3):
        await put(database, clock, f"k{n}")
        async with asyncio.timeout(20):
            assert await done.get() == f"k{n}"
        # Long enough for it to have looked again, and found nothing.
        await asyncio.sleep(0.05)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running

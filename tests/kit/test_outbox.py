"""The outbox as seen by two nodes that come, work, crash and come back."""

import shutil
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import Connection, func, select

from cooee import migrations
from cooee.kit import outbox
from cooee.kit.clock import SettableClock
from cooee.kit.db import Database
from cooee.kit.outbox import LEASE, Job

KEYS = st.sampled_from(["a", "b", "c"])
NODES = st.sampled_from(["one", "two"])
DELAYS = st.integers(0, 90).map(lambda seconds: timedelta(seconds=seconds))
TOPIC = "ring"
T = TypeVar("T")


class TwoNodes(RuleBasedStateMachine):
    """Each piece of work carries a serial number; whoever finishes a row has done that number."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp())
        self.database = Database(f"sqlite:///{self.folder / 'outbox.db'}")
        self.clock = SettableClock()
        self.waiting: dict[str, tuple[int, datetime]] = {}
        self.held: dict[str, list[Job]] = {"one": [], "two": []}
        self.done: Counter[int] = Counter()
        self.serial = 0

    @initialize()
    def make(self) -> None:
        migrations.upgrade(self.database)

    @rule(key=KEYS, delay=DELAYS)
    def put(self, key: str, delay: timedelta) -> None:
        self.serial += 1
        serial, due = self.serial, self.clock.now() + delay
        new = self.write(lambda tx: outbox.put(tx, key, TOPIC, {"serial": serial}, due))
        assert new == (key not in self.waiting)
        if new:
            self.waiting[key] = (serial, due)

    @rule(key=KEYS, delay=DELAYS)
    def schedule(self, key: str, delay: timedelta) -> None:
        self.serial += 1
        serial, due = self.serial, self.clock.now() + delay
        self.write(lambda tx: outbox.schedule(tx, key, TOPIC, {"serial": serial}, due))
        self.waiting[key] = (serial, due)

    @rule(key=KEYS, delay=DELAYS)
    def move(self, key: str, delay: timedelta) -> None:
        due = self.clock.now() + delay
        assert self.write(lambda tx: outbox.move(tx, key, due)) == (key in self.waiting)
        if key in self.waiting:
            self.waiting[key] = (self.waiting[key][0], due)

    @rule(key=KEYS)
    def take_back(self, key: str) -> None:
        assert self.write(lambda tx: outbox.take_back(tx, key)) == (key in self.waiting)
        self.waiting.pop(key, None)

    @rule(node=NODES)
    def claim(self, node: str) -> None:
        now = self.clock.now()
        for job in self.write(lambda tx: outbox.claim(tx, [TOPIC], now, 10)):
            serial, due = self.waiting[job.key]
            assert job.payload == {"serial": serial}, "what was replaced is never handed out"
            assert due <= now, "nothing is done before its time"
            assert not any(other.id == job.id and other.lease_until > now for other in self.held_by_all())
            self.held[node].append(job)

    @rule(node=NODES)
    def finish(self, node: str) -> None:
        for job in self.held[node]:
            if self.write(partial(outbox.finish, job=job)):
                self.done[job.payload["serial"]] += 1
                del self.waiting[job.key]
        self.held[node].clear()

    @rule(node=NODES)
    def fail(self, node: str) -> None:
        now = self.clock.now()
        for job in self.held[node]:
            self.write(partial(outbox.postpone, job=job, now=now))
        self.held[node].clear()

    @rule(node=NODES)
    def crash(self, node: str) -> None:
        self.held[node].clear()

    @rule(delay=DELAYS)
    def wait(self, delay: timedelta) -> None:
        self.clock.advance(delay)

    @invariant()
    def nothing_is_done_twice(self) -> None:
        assert all(times == 1 for times in self.done.values())

    def teardown(self) -> None:
        """Whatever happened: one node that stays alive gets everything done."""
        self.crash("one")
        self.crash("two")
        for _ in range(200):
            if not self.waiting:
                break
            self.wait(LEASE)
            self.claim("one")
            self.finish("one")
        left = self.database.read_now(lambda tx: tx.execute(select(func.count()).select_from(outbox.outbox)).scalar())
        self.database.close()
        shutil.rmtree(self.folder)
        assert (self.waiting, left) == ({}, 0)
        self.nothing_is_done_twice()

    def held_by_all(self) -> list[Job]:
        return [*self.held["one"], *self.held["two"]]

    def write(self, work: Callable[[Connection], T]) -> T:
        return self.database.write_now(work)


TwoNodes.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestTwoNodes = TwoNodes.TestCase


def test_a_lease_that_lapsed_is_taken_over_and_the_late_finisher_does_not_count(
    database: Database, clock: SettableClock
) -> None:
    database.write_now(lambda tx: outbox.put(tx, "k", TOPIC, {}, clock.now()))
    (slow,) = claimed(database, clock)
    assert claimed(database, clock) == []
    clock.advance(LEASE)
    (quick,) = claimed(database, clock)
    assert quick.attempts == 2
    assert not database.write_now(lambda tx: outbox.finish(tx, slow))
    assert database.write_now(lambda tx: outbox.finish(tx, quick))


def test_a_node_leaves_topics_alone_that_it_does_not_know(database: Database, clock: SettableClock) -> None:
    database.write_now(lambda tx: outbox.put(tx, "k", "from a later version", {}, clock.now()))
    assert claimed(database, clock) == []


def test_what_is_put_in_a_transaction_that_fails_is_never_due(database: Database, clock: SettableClock) -> None:
    def work(tx: Connection) -> None:
        outbox.put(tx, "k", TOPIC, {}, clock.now())
        raise LookupError

    with pytest.raises(LookupError):
        database.write_now(work)
    assert claimed(database, clock) == []


def test_failures_wait_longer_each_time_but_never_more_than_an_hour(database: Database, clock: SettableClock) -> None:
    database.write_now(lambda tx: outbox.put(tx, "k", TOPIC, {}, clock.now()))
    waits: list[timedelta] = []
    failed_at = clock.now()
    while len(waits) < 14:
        for job in claimed(database, clock):
            waits.append(clock.now() - failed_at)
            failed_at = clock.now()
            database.write_now(partial(outbox.postpone, job=job, now=clock.now()))
        clock.advance(timedelta(seconds=1))
    assert waits[1:4] == [timedelta(seconds=seconds) for seconds in (2, 4, 8)]
    assert max(waits) == timedelta(hours=1)


def claimed(database: Database, clock: SettableClock) -> list[Job]:
    return list(database.write_now(lambda tx: outbox.claim(tx, [TOPIC], clock.now(), 10)))

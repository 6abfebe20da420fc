"""An account with thousands of followers goes live: against a push service that takes all of it over HTTP."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, inspect, select, table

from cooee.kit.outbox import Payload
from cooee.notify import due
from cooee.notify.tables import subscriptions
from cooee.people.tables import follows, sessions
from tests.notify.told import Town
from tests.people.settled import NOW, settle
from tests.push_service import Browser, PushService
from tests.visitor import Visitor

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]

FOLLOWERS = 2_000
A_BATCH = 64
THREE_BATCHES = 2 * A_BATCH + 2
# A batch, and what waits in the lane for single devices.
MOST_AT_ONCE = A_BATCH + 16


@dataclass
class Counting(PushService):
    """Counts what comes for whom: that browsers can read it is tested elsewhere."""

    came: Counter[str] = field(default_factory=Counter)

    def _take(self, path: str, headers: dict[str, str], body: bytes) -> None:
        assert headers["content-encoding"] == "aes128gcm"
        assert len(body) > 100
        self.came[path] += 1


@pytest.fixture
def changed_settings() -> dict[str, Any]:
    return {"hosting": "everyone", "tests_may_reach_loopback": True}


@pytest.fixture
async def service() -> AsyncIterator[Counting]:
    service = Counting()
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0, backlog=MOST_AT_ONCE)
    service.port = server.sockets[0].getsockname()[1]
    yield service
    server.close()


async def followed(town: Town, service: Counting, many: int) -> Visitor:
    """A host with so many followers, each of whom is pushed to on one device."""
    hana = await town.guest.sign_up("hana")
    keys = Browser("").subscription["keys"]
    address = f"http://127.0.0.1:{service.port}/p/"

    def settle_followers(tx: Connection) -> None:
        ids = settle(tx, *(f"fan{number}" for number in range(many)))
        now = town.clock.now()
        tx.execute(insert(follows), [{"follower_id": id, "followed_id": hana.id, "created_at": now} for id in ids])
        tokens = {id: f"token-{id}".encode() for id in ids}
        alive = {"created_at": NOW, "expires_at": NOW}
        tx.execute(insert(sessions), [{"token_hash": tokens[id], "person_id": id, **alive} for id in ids])
        rows = [{"id": id, "person_id": id, "session": tokens[id], "endpoint": address + id} for id in ids]
        tx.execute(insert(subscriptions), [{**row, **keys, "created_at": NOW} for row in rows])

    await town.tools.db.write(settle_followers)
    return hana


async def test_thousands_of_followers_are_told_once_each_and_the_start_writes_nothing_for_them(
    town: Town, service: Counting
) -> None:
    hana = await followed(town, service, FOLLOWERS)
    before = await town.tools.db.read(_rows)
    await hana.post("spaces", {"title": "Night radio"})
    assert await town.tools.db.read(_rows) - before < 20
    async with asyncio.timeout(240):
        while len(service.came) < FOLLOWERS:
            await town.work_some()
    await town.work()
    assert set(service.came.values()) == {1}
    assert service.most_at_once <= MOST_AT_ONCE
    assert await town.tools.db.read(_rows) - before < 20


async def test_nobody_is_missed_by_a_node_that_fails_between_two_batches(
    town: Town, service: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    hana = await followed(town, service, THREE_BATCHES)
    arranged, failures = due.next_batch, iter([False, True])

    def arrange(tx: Connection, payload: Payload, now: datetime) -> None:
        if next(failures, False):
            raise RuntimeError("the database is away")
        arranged(tx, payload, now)

    monkeypatch.setattr(due, "next_batch", arrange)
    await hana.post("spaces", {"title": "Night radio"})
    async with asyncio.timeout(120):
        while len(service.came) < THREE_BATCHES:
            town.clock.advance(timedelta(seconds=1))
            await town.work_some()
    assert Counter(service.came.values()) == {1: THREE_BATCHES - A_BATCH, 2: A_BATCH}


def _rows(tx: Connection) -> int:
    """How many rows there are in all tables."""
    return sum(
        tx.execute(select(func.count()).select_from(table(name))).scalar_one() for name in inspect(tx).get_table_names()
    )

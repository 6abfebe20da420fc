"""The social side with a hundred thousand people and a million posts, on both databases: one real node, over HTTP."""

import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any

import httpx
from sqlalchemy import Connection, func, inspect, select, table
from websockets.asyncio.client import ClientConnection, connect

from bench import pushed, town
from bench.figures import Figure
from bench.town import Town
from cooee import migrations
from cooee.kit.clock import SystemClock
from cooee.kit.db import Database
from cooee.kit.secrets import hashed
from cooee.people.ids import PersonId
from cooee.people.sign_in import sessions
from cooee.people.sign_in.rules import Device
from tests.live.node import Node
from tests.postgresql import Cluster

COMMAND = "python -m bench social"
ASKED = 500
"""People who ask for their timeline, search, and join, one after the other."""
WATCHING = 200
"""Followers who have the page open when the star goes live."""
SUBSCRIBED = 5_000
"""Followers whose phone is told by a push service."""
_SETTINGS = {
    "COOEE_JOIN_LIMIT": "",
    "COOEE_JOIN_ADDRESS_LIMIT": "",
    "COOEE_HOSTING": "everyone",
    "COOEE_TESTS_MAY_REACH_LOOPBACK": "1",
}


def measure() -> list[Figure]:
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="cooee-bench-") as folder:
        (Path(folder) / "data").mkdir()
        figures += _of("sqlite", f"sqlite:///{folder}/data/cooee.db", Path(folder))
    with _postgresql() as address, tempfile.TemporaryDirectory(prefix="cooee-bench-") as folder:
        figures += _of("postgresql", address, Path(folder))
    return figures


@contextmanager
def _postgresql() -> Iterator[str]:
    cluster = Cluster.start()
    try:
        yield cluster.create("bench")
    finally:
        cluster.stop()


def _of(kind: str, address: str, folder: Path) -> list[Figure]:
    database = Database(address)
    try:
        migrations.upgrade(database)
        settled = town.settle(database, SystemClock().now())
        asking = _asking(settled)
        tokens = {id: f"token-{id}" for id in (settled.star, *asking, *settled.others[:WATCHING])}
        database.write_now(lambda tx: _sign_in(tx, settled, tokens))
        node = Node(folder, {**_SETTINGS, "COOEE_DATABASE_URL": address})
        node.start()
        try:
            values = asyncio.run(_Bench(database, node, settled, asking, tokens).run())
        finally:
            node.stop()
    finally:
        database.close()
    return [Figure(f"{id}_{kind}", round(value, 1), unit, COMMAND) for id, (value, unit) in values.items()]


def _asking(settled: Town) -> list[int]:
    """Some of all kinds: one in twenty follows thousands."""
    random = Random(2)
    keen = random.sample(settled.keen, ASKED // 20)
    return random.sample([*keen, *random.sample(settled.others, ASKED - len(keen))], ASKED)


def _sign_in(tx: Connection, settled: Town, tokens: dict[int, str]) -> None:
    for id, token in tokens.items():
        sessions.begin(tx, PersonId(str(id)), hashed(token), Device(), settled.now)


class _Bench:
    """What people do, and how long they wait."""

    def __init__(
        self, database: Database, node: Node, settled: Town, asking: Sequence[int], tokens: dict[int, str]
    ) -> None:
        self._database = database
        self._node = node
        self._town = settled
        self._asking = asking
        self._tokens = tokens
        self._client = httpx.AsyncClient(base_url=f"{node.address}/api/v1", verify=False, timeout=60)

    async def run(self) -> dict[str, tuple[float, str]]:
        async with self._client:
            home = await self._waits(lambda id: self._ask("GET", "/timeline", id))
            questions = _questions(Random(3), self._town.vocabulary)
            search = await self._waits(lambda id: self._ask("GET", f"/search/posts?q={next(questions)}", id))
            async with pushed.opened(SUBSCRIBED) as phones:
                await self._database.write(lambda tx: phones.subscribe(tx, self._town))
                weighs = self._node.resident_bytes()
                bubbles, rows, space = await self._go_live()
                push_s = await phones.all_told()
                grown = self._node.resident_bytes() - weighs
                join = await self._waits(lambda id: self._ask("POST", f"/spaces/{space}/join", id))
        return {
            **_waited("home", home),
            **_waited("search", search),
            **_waited("join", join),
            "bubbles_appear": (bubbles, "ms"),
            "rows_written_going_live": (rows, "rows"),
            "pushes": (SUBSCRIBED / push_s, "pushes/s"),
            "pushes_twice": (phones.twice, "pushes"),
            "memory_of_pushes": (grown / 2**20, "MiB"),
        }

    async def _ask(self, method: str, path: str, id: int) -> Any:
        headers = {"Authorization": f"Bearer {self._tokens[id]}"}
        body: dict[str, str] | None = {} if method == "POST" else None
        answer = await self._client.request(method, path, headers=headers, json=body)
        answer.raise_for_status()
        return answer.json()

    async def _waits(self, ask: Callable[[int], Awaitable[Any]]) -> list[float]:
        """How long each of those who ask waits, in milliseconds; the first few warm the node up."""
        waited: list[float] = []
        for id in (*self._asking[:10], *self._asking):
            began = time.perf_counter()
            await ask(id)
            waited.append((time.perf_counter() - began) * 1_000)
        return sorted(waited[10:])

    async def _go_live(self) -> tuple[float, int, str]:
        """Until the last of those who watch sees the bubble, in milliseconds; rows written for all of it; the Space."""
        watching = self._town.others[:WATCHING]
        async with AsyncExitStack() as stack:
            feeds = [await stack.enter_async_context(await self._feed(id)) for id in watching]
            before = await self._database.read(_rows)
            began = time.perf_counter()
            space: str = (await self._ask("POST", "/spaces", self._town.star))["id"]
            waits = [self._sees(feed, id, space) for feed, id in zip(feeds, watching, strict=True)]
            ends = await asyncio.gather(*waits)
        return (max(ends) - began) * 1_000, await self._database.read(_rows) - before, space

    async def _feed(self, id: int) -> connect:
        door = await self._ask("GET", "/me/feed", id)
        return connect(door["feed_url"])

    async def _sees(self, feed: ClientConnection, id: int, space: str) -> float:
        """As the client does: the feed brings the bubble, which is then asked for as the node says."""
        async with asyncio.timeout(60):
            while True:
                told = json.loads(await feed.recv())
                if told.get("channel") == "bubble" and told["data"]["spaces"][0]["id"] == space:
                    return time.perf_counter()


def _questions(random: Random, vocabulary: Sequence[str]) -> Iterator[str]:
    """A word, the beginning of one, or both; the most said words as often as those that few say."""
    while True:
        one, other = (vocabulary[int(len(vocabulary) ** random.random()) - 1] for _ in range(2))
        yield random.choice([one, other[:2], f"{one}+{other[:2]}"])


def _rows(tx: Connection) -> int:
    """How many rows there are in all tables."""
    return sum(
        tx.execute(select(func.count()).select_from(table(name))).scalar_one() for name in inspect(tx).get_table_names()
    )


def _waited(id: str, sorted_ms: Sequence[float]) -> dict[str, tuple[float, str]]:
    def at(share: float) -> float:
        return sorted_ms[int(share * (len(sorted_ms) - 1))]

    return {f"{id}_p50": (at(0.5), "ms"), f"{id}_p99": (at(0.99), "ms")}

"""Phones by the thousand, and the push service that counts what comes for them."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert

from bench.town import Town
from cooee.notify.tables import subscriptions
from cooee.people.tables import sessions
from tests.push_service import Browser

_PATIENCE_S = 600


@dataclass
class Phones:
    """One for each of the first followers, all with the same key: nobody decrypts here."""

    count: int
    port: int = 0
    told: set[str] = field(default_factory=set)
    twice: int = 0
    """How often one of them rang again."""
    began: float = 0
    all: asyncio.Event = field(default_factory=asyncio.Event)

    def subscribe(self, tx: Connection, town: Town) -> None:
        keys = Browser("").subscription["keys"]
        address = f"http://127.0.0.1:{self.port}/p/"
        people = [str(id) for id in town.others[: self.count]]
        tokens = {id: f"phone-{id}".encode() for id in people}
        alive = {"created_at": town.now, "expires_at": town.now}
        tx.execute(insert(sessions), [{"token_hash": tokens[id], "person_id": id, **alive} for id in people])
        rows = [{"id": id, "person_id": id, "session": tokens[id], "endpoint": address + id} for id in people]
        tx.execute(insert(subscriptions), [{**row, **keys, "created_at": town.now} for row in rows])

    async def all_told(self) -> float:
        """Waits until every phone has rung; how many seconds it took from the first to the last."""
        async with asyncio.timeout(_PATIENCE_S):
            await self.all.wait()
        return time.perf_counter() - self.began

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
            first, *lines = head.strip().split("\r\n")
            sizes = [line.partition(":")[2] for line in lines if line.lower().startswith("content-length")]
            await reader.readexactly(int(sizes[0]))
            self._note(first.split(" ")[1])
            writer.write(b"HTTP/1.1 201 x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _note(self, path: str) -> None:
        self.began = self.began or time.perf_counter()
        self.twice += path in self.told
        self.told.add(path)
        if len(self.told) == self.count:
            self.all.set()


@asynccontextmanager
async def opened(count: int) -> AsyncIterator[Phones]:
    """So many phones, whose push service is on a free port of this machine."""
    phones = Phones(count)
    server = await asyncio.start_server(phones.serve, "127.0.0.1", 0)
    phones.port = server.sockets[0].getsockname()[1]
    try:
        yield phones
    finally:
        server.close()

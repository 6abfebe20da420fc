"""Somebody who reads a feed, and follows it as docs/protocol.md tells clients to."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

_PATIENCE_S = 60


@dataclass
class Reader:
    """What a client knows: the state of each audience, what was announced, the latest live values."""

    socket: ClientConnection
    state: dict[str, dict[str, Any]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    announced: list[str] = field(default_factory=list)
    live: dict[str, Any] = field(default_factory=dict)

    async def until(self, told: Callable[["Reader"], bool]) -> None:
        """Reads until `told` holds."""
        async with asyncio.timeout(_PATIENCE_S):
            while not told(self):
                self._take(json.loads(await self.socket.recv()))

    async def until_closed(self) -> int:
        """Reads to the end; the close code."""
        async with asyncio.timeout(_PATIENCE_S):
            with suppress(ConnectionClosed):
                while True:
                    self._take(json.loads(await self.socket.recv()))
        assert self.socket.close_code is not None
        return self.socket.close_code

    def _take(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "snapshot":
                self.state[message["audience"]] = message["data"]
                self.versions[message["audience"]] = message["version"]
            case "frame":
                assert message["prev"] == self.versions[message["audience"]], "a gap"
                assert message["version"] > message["prev"]
                self.state[message["audience"]] |= message["data"]["set"]
                self.versions[message["audience"]] = message["version"]
                self.announced += [event["type"] for event in message["data"]["events"]]
            case "live":
                self.live[message["channel"]] = message["data"]
            case kind:
                assert kind == "hello"


@asynccontextmanager
async def reading(url: str, wishes: str = "") -> AsyncIterator[Reader]:
    """Opens a feed. `wishes` are further parts of the query."""
    async with connect(url + wishes) as socket:
        yield Reader(socket)

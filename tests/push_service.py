"""A real push service for tests: it takes what is pushed over HTTP, and its browsers decrypt it."""

import asyncio
import base64
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@dataclass
class Arrived:
    """A request, as the push service got it."""

    headers: dict[str, str]
    says: dict[str, Any]


@dataclass
class Browser:
    """A browser that subscribed at the push service, and what has arrived for it."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: os.urandom(16))
    arrived: list[Arrived] = field(default_factory=list)

    @property
    def subscription(self) -> dict[str, Any]:
        """As `PushSubscription.toJSON` has it."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "keys": {"p256dh": _text(point), "auth": _text(self.secret)}}

    @property
    def shown(self) -> dict[str, dict[str, Any]]:
        """What is on its screen: of each tag the latest."""
        return {one.says["tag"]: one.says for one in self.arrived}


@dataclass
class PushService:
    """Answers `status` (with `retry_after`), and keeps what it takes. While `silent` is set, it answers nothing."""

    port: int = 0
    status: int = 201
    retry_after: str | None = None
    silent: bool = False
    mute: bool = False
    """It takes what is pushed, and does not say so."""
    browsers: dict[str, Browser] = field(default_factory=dict)
    asked: int = 0
    most_at_once: int = 0
    under_way: int = 0
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    def browser(self) -> Browser:
        path = f"/p/{len(self.browsers)}"
        self.browsers[path] = Browser(f"http://127.0.0.1:{self.port}{path}")
        return self.browsers[path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
            first, *lines = head.strip().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.asked += 1
            self.begun.set()
            while self.silent:
                await asyncio.sleep(0.01)
            self._take(first.split(" ")[1], headers, body)
            while self.mute:
                await asyncio.sleep(0.01)
            extra = f"retry-after: {self.retry_after}\r\n" if self.retry_after else ""
            writer.write(f"HTTP/1.1 {self.status} x\r\n{extra}content-length: 0\r\nconnection: close\r\n\r\n".encode())
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.under_way -= 1
            writer.close()

    def _take(self, path: str, headers: dict[str, str], body: bytes) -> None:
        if self.status >= 300:
            return
        browser = self.browsers[path]
        assert len(body) <= 4096
        plain = http_ece.decrypt(body, private_key=browser.key, auth_secret=browser.secret, version="aes128gcm")
        browser.arrived.append(Arrived(headers, json.loads(plain)))


@asynccontextmanager
async def open_push_service() -> AsyncIterator[PushService]:
    """A push service on a free port of this machine."""
    service = PushService()
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    service.port = server.sockets[0].getsockname()[1]
    try:
        yield service
    finally:
        service.silent = service.mute = False
        server.close()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")

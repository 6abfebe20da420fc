"""What every route needs: the tools of the node, bodies with a limit, the origin of a request, where it came from."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from fastapi import Depends, Request
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from cooee.kit import problems
from cooee.kit.attempts import Attempts
from cooee.kit.blobs import Blobs
from cooee.kit.clock import Clock
from cooee.kit.db import Database
from cooee.kit.errors import BodyTooLarge, ForeignOrigin
from cooee.kit.http import Outside
from cooee.kit.ids import Ids
from cooee.kit.limits import Limits
from cooee.kit.secrets import Keys

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

T = TypeVar("T")

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Toolbox:
    """What a shell works with; there is one per node, at `app.state.tools`."""

    db: Database
    clock: Clock
    ids: Ids
    keys: Keys
    blobs: Blobs
    drafts: Path
    """A folder for what is being made: emptied when the node starts."""
    limits: Limits
    attempts: Attempts
    outside: Outside

    async def attempt(self, rule: str, *who: str) -> None:
        """Counts one attempt on all nodes together; this one's memory answers first whoever tries on and on.

        Raises:
            TooManyRequests
        """
        self.limits.hit(rule, *who)
        if rule:
            now = self.clock.now()
            await self.db.write(lambda tx: self.attempts.hit(tx, rule, now, *who))

    def counted(self, work: Callable[[Connection], T], rule: str, *who: str) -> Callable[[Connection], T]:
        """`work`, which writes anyway, with its count on all nodes together; what it refuses counts on this one only.

        Raises:
            TooManyRequests: also when it runs.
        """
        self.limits.hit(rule, *who)
        now = self.clock.now()

        def both(tx: Connection) -> T:
            self.attempts.hit(tx, rule, now, *who)
            return work(tx)

        return both

    async def forgive(self, rule: str, *who: str) -> None:
        """Forgives all attempts of `who`, since the last one was right."""
        self.limits.forgive(rule, *who)
        if rule:
            now = self.clock.now()
            await self.db.write(lambda tx: self.attempts.forgive(tx, rule, now, *who))


def toolbox(request: Request) -> Toolbox:
    """The node's tools: a dependency of routes."""
    tools = request.app.state.tools
    assert isinstance(tools, Toolbox)
    return tools


Tools = Annotated[Toolbox, Depends(toolbox)]


def client_address(request: Request) -> str:
    """Where the request came from. Proxies that are trusted (uvicorn's `forwarded_allow_ips`) are seen through."""
    return request.client.host if request.client else "unknown"


def require_own_origin(request: Request, public_url: str | None) -> None:
    """Lets an unsafe request through only if our own page sent it.

    Raises:
        ForeignOrigin: the `Origin` is missing or another site's.
    """
    origin = request.headers.get("origin")
    own = {f"{request.url.scheme}://{request.headers.get('host', '')}"}
    if public_url:
        own.add(origin_of(public_url))
    if origin not in own:
        raise ForeignOrigin


def origin_of(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


async def read_body(request: Request, most: int) -> bytes:
    """The whole body.

    Raises:
        BodyTooLarge: it has more than `most` bytes.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise BodyTooLarge(f"At most {most} bytes.", most=most)
    return bytes(body)


class BodyLimit:
    """Refuses bodies that are larger than any route wants, before they are read."""

    def __init__(self, app: Asgi, *, most: int, larger: Mapping[str, int]) -> None:
        """`larger` has the paths that take more than `most` bytes."""
        self._app = app
        self._most = most
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._larger.get(scope["path"], self._most)
        if _announced(scope) > most:
            await problems.answer(BodyTooLarge(f"At most {most} bytes.", most=most))(scope, receive, send)
            return
        read = 0

        async def receive_some() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise HTTPException(413)
            return message

        await self._app(scope, receive_some, send)


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0

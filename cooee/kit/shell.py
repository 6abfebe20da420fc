"""What happens around every request: security headers, a line in the log, figures for Prometheus."""

from collections.abc import Callable, Mapping

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram

from cooee.kit.clock import Clock
from cooee.kit.web import Asgi, Message, Receive, Scope, Send

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
_DOORS = frozenset({"whip", "whep"})


class Headers:
    """Adds headers to every answer that does not have them yet."""

    def __init__(self, app: Asgi, *, headers: Callable[[Scope], Mapping[str, str]]) -> None:
        """`headers(scope)` gives them; names in lower case."""
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                added = [(name.encode(), value.encode()) for name, value in self._headers(scope).items()]
                message["headers"] = [*message["headers"], *(pair for pair in added if pair[0] not in present)]
            await send(message)

        await self._app(scope, receive, send_with if scope["type"] == "http" else send)


class Figures:
    """Counts requests by route, method and status, and how long they took."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            "cooee_http_requests", "Requests answered", ("route", "method", "status"), registry=registry
        )
        self._seconds = Histogram(
            "cooee_http_request_seconds",
            "Time until the answer was complete",
            ("route",),
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
            registry=registry,
        )

    def note(self, route: str, method: str, status: int, seconds: float) -> None:
        """One request was answered."""
        self._requests.labels(route, method if method in _METHODS else "other", status).inc()
        self._seconds.labels(route).observe(seconds)


class Journal:
    """Writes one line for each request, without its query and what opens doors, and notes its figures."""

    def __init__(self, app: Asgi, *, clock: Clock, figures: Figures) -> None:
        self._app = app
        self._clock = clock
        self._figures = figures
        # Its own, not the module's: a node configures the log before it makes its journal.
        self._log = structlog.get_logger("cooee.http")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = self._clock.monotonic()
        status = 500

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, note_status)
        finally:
            seconds = self._clock.monotonic() - began
            method, path = scope["method"], scope["path"]
            self._figures.note(_route(scope), method, status, seconds)
            if path not in _QUIET:
                shown, ms = _shown(path), round(seconds * 1000, 1)
                self._log.info("request", method=method, path=shown, status=status, ms=ms)


def _shown(path: str) -> str:
    """The path without the name of a media session: whoever knows that can end the session."""
    door, _, resource = path.removeprefix("/").partition("/")
    space, cut, _ = resource.partition("/")
    return f"/{door}/{space}/…" if door in _DOORS and cut else path


def _route(scope: Scope) -> str:
    """The route's pattern, so that ids in paths do not become labels."""
    return getattr(scope.get("route"), "path", None) or "none"

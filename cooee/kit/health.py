"""Whether the node runs, whether it can serve, and its figures: for those who operate it."""

import asyncio
from collections.abc import Callable

import structlog
from fastapi import APIRouter, Response
from sqlalchemy import text

from cooee.kit.db import Database
from cooee.kit.errors import Unavailable

_PATIENCE_S = 2
_log = structlog.get_logger(__name__)


def router(database: Database, ready: Callable[[], bool], figures: Callable[[], bytes]) -> APIRouter:
    """`/healthz`, `/readyz`, `/metrics`; `figures` gives Prometheus text."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/healthz")
    async def healthz() -> dict[str, str]:
        """The process runs."""
        return {"status": "ok"}

    @routes.get("/readyz")
    async def readyz() -> dict[str, str]:
        """The node can serve: it has started, is not stopping, and its database answers."""
        if not ready():
            raise Unavailable("The node is starting or stopping.")
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await database.read(lambda tx: tx.execute(text("SELECT 1")))
        except Exception:
            _log.exception("readyz.database")
            raise Unavailable("The database does not answer.") from None
        return {"status": "ready"}

    @routes.get("/metrics")
    async def metrics() -> Response:
        """Figures for Prometheus."""
        return Response(figures(), media_type="text/plain; version=0.0.4")

    return routes

"""Whether the node runs, and whether it can serve: for those who operate it."""

import asyncio

import structlog
from fastapi import APIRouter, Request
from sqlalchemy import text

from cooee.kit.errors import Unavailable
from cooee.kit.web import Tools

_PATIENCE_S = 2
_log = structlog.get_logger(__name__)


router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process runs."""
    return {"status": "ok"}


@router.get("/readyz")
async def readyz(request: Request, tools: Tools) -> dict[str, str]:
    """The node can serve: it has started, is not stopping, and its database answers."""
    if not request.app.state.ready:
        raise Unavailable("The node is starting or stopping.")
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await tools.db.read(lambda tx: tx.execute(text("SELECT 1")))
    except Exception:
        _log.exception("readyz.database")
        raise Unavailable("The database does not answer.") from None
    return {"status": "ready"}

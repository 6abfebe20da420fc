"""What a node does again and again while it runs."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

_log = structlog.get_logger(__name__)


async def rounds(work: Callable[[], Awaitable[None]], every_s: float) -> None:
    """Does the work at once, and again `every_s` after it was done, until cancelled.

    What fails is logged, and the next round comes all the same: the database may be away, and what is due is done when
    it is back.
    """
    while True:
        try:
            await work()
        except Exception:
            _log.exception("round.failed", work=work.__name__)
        await asyncio.sleep(every_s)

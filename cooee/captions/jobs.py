"""What goes on by itself while a node runs: voices are taken, and who is heard follows who reads and who agreed."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from cooee.captions.live import Captioner

_TAKE_S = 0.1
_FOLLOW_S = 1.0
_log = structlog.get_logger(__name__)


async def run(captioner: Captioner) -> None:
    """Runs until cancelled."""
    if not captioner.languages:
        return

    async def listen() -> None:
        captioner.listen()

    async with asyncio.TaskGroup() as group:
        group.create_task(_forever(listen, _TAKE_S), name="captions-listen")
        group.create_task(_forever(captioner.follow, _FOLLOW_S), name="captions-follow")


async def _forever(work: Callable[[], Awaitable[None]], every_s: float) -> None:
    while True:
        try:
            await work()
        except Exception:
            # The database may be away; captions come back with it.
            _log.exception("captions.job_failed", job=work.__name__)
        await asyncio.sleep(every_s)

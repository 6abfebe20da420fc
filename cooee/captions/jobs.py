"""What goes on by itself while a node runs: voices are taken, and who is heard follows who reads and who agreed."""

import asyncio

from cooee.captions.live import Captioner
from cooee.kit.rounds import rounds

_TAKE_S = 0.1
_FOLLOW_S = 1.0


async def run(captioner: Captioner) -> None:
    """Runs until cancelled."""
    if not captioner.languages:
        return

    async def listen() -> None:
        captioner.listen()

    async with asyncio.TaskGroup() as group:
        group.create_task(rounds(listen, _TAKE_S), name="captions-listen")
        group.create_task(rounds(captioner.follow, _FOLLOW_S), name="captions-follow")

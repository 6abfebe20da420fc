"""Those who wait for a replay that is being made: the database is asked once for all of them."""

import asyncio

from cooee.kit.db import Database
from cooee.recordings import service
from cooee.spaces.state import SpaceId

_PATIENCE_S = 20.0
_AGAIN_S = 0.5


class Waiting:
    """One per node. Its coroutines run on one event loop."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._made: dict[SpaceId, asyncio.Task[None]] = {}

    async def until_made(self, space: SpaceId) -> None:
        """Returns when the replay is there, or is not to come, or some seconds have gone by."""
        made = self._made.get(space)
        if made is None:
            made = self._made[space] = asyncio.create_task(self._look(space), name="recordings-waiting")
            made.add_done_callback(lambda _: self._made.pop(space, None))
        await asyncio.wait({made}, timeout=_PATIENCE_S)

    async def _look(self, space: SpaceId) -> None:
        for _ in range(round(_PATIENCE_S / _AGAIN_S)):
            if not await self._db.read(lambda tx: service.is_being_made(tx, space)):
                return
            await asyncio.sleep(_AGAIN_S)

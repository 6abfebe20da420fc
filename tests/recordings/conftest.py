"""The people of `rooms` in a Space that is recorded, with real sound."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from cooee.kit.clock import SettableClock
from cooee.kit.worker import Worker
from cooee.recordings import jobs
from cooee.recordings.wiring import Wiring
from cooee.spaces.state import Space, SpaceId
from tests.spaces import conftest as spaces
from tests.spaces import rooms
from tests.spaces.conftest import House

VOICE = Path(__file__).parents[2] / "cooee/demo/voices/amara.opus"
house = spaces.house
WAITED_S = 20


@pytest.fixture
def changed_settings() -> dict[str, Any]:
    unlimited = ("join_limit", "join_address_limit", "clip_limit")
    return {"hosting": "everyone", "words_hidden": ["darn"], **dict.fromkeys(unlimited, "")}


@dataclass(frozen=True)
class Studio:
    """Records, ends, and waits for the replay."""

    house: House
    wiring: Wiring
    worker: Worker
    clock: SettableClock

    async def live(self, **changes: Any) -> SpaceId:
        """A live Space in which the host talks under REC."""
        id = await self.house.place(rooms.opened(**changes))
        host = self.house.host
        await host.put(f"spaces/{id}/recording", {"on": True})
        self.house.live.media.add_voice(id, rooms.HOST, str(VOICE))
        await host.put(f"spaces/{id}/me/microphone", {"muted": False})
        await self.written(id, 80)
        return id

    async def written(self, id: SpaceId, frames: int) -> None:
        """Waits until so many frames of 20 ms are on the disk, in all parts."""
        folder = self.wiring.tapes.folder(id)
        async with asyncio.timeout(WAITED_S):
            while sum(len(levels.read_bytes()) for levels in folder.glob("*/levels")) < frames:
                await asyncio.sleep(0.02)

    async def ended(self, **changes: Any) -> SpaceId:
        """A Space that is over, with its replay."""
        id = await self.live(**changes)
        await self.end(id)
        return id

    async def end(self, id: SpaceId) -> None:
        """Ends it, and waits until what follows is done."""
        await self.house.host.post(f"spaces/{id}/end")
        await self.settle(id)

    async def settle(self, id: SpaceId) -> None:
        """Waits until the engine has written everything, and does what is due."""
        async with asyncio.timeout(WAITED_S):
            while self.wiring.tapes.is_writing(id):
                await asyncio.sleep(0.02)
            self.clock.advance(timedelta(seconds=2))
            while self.wiring.tapes.folder(id).exists():
                await self.worker.run_due()
                await asyncio.sleep(0.02)

    async def work(self) -> None:
        """Does what is due."""
        while await self.worker.run_due():
            pass

    async def files_are_gone(self, kind: str = "") -> None:
        """Waits until no file of this kind is kept; the node's own worker may be at it."""
        async with asyncio.timeout(WAITED_S):
            while any(key.startswith(kind) for key in self.files()):
                await self.worker.run_due()
                await asyncio.sleep(0.02)

    def files(self) -> list[str]:
        """All that is kept, by key."""
        root = self.wiring.workshop.parent / "files"
        return sorted(str(path.relative_to(root)) for path in root.rglob("*.ogg"))

    async def state(self, id: SpaceId) -> Space:
        """The Space as it is stored."""
        return await self.house.state(id)


class Deaf:
    """Stands in for the recognisers: the tests say themselves what was understood."""

    restarts = 0

    def start(self) -> None:
        """Nothing has to run."""

    async def stop(self) -> None:
        """Nothing runs."""

    def begin(self) -> None:
        """Nobody can take a phrase."""


@pytest.fixture
async def studio(node: FastAPI, house: House, clock: SettableClock, monkeypatch: pytest.MonkeyPatch) -> Studio:
    monkeypatch.setattr(node.state.captions.captioner, "_pool", Deaf())
    wiring: Wiring = node.state.recordings
    tools = house.tools
    return Studio(house, wiring, Worker(tools.db, clock, jobs.handlers(wiring, tools)), clock)

"""Several nodes: the sound of a replay lies with one of them until it is made, and that one may be away, or die."""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from cooee.kit import outbox
from cooee.kit.worker import Later, Worker
from cooee.recordings import jobs, making
from cooee.recordings import service as recordings
from cooee.recordings.tape import Tapes
from cooee.recordings.wiring import Wiring
from cooee.spaces import facts
from cooee.spaces.state import SpaceId
from tests.recordings.conftest import Studio

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Nodes:
    """Two nodes with one database: the one that recorded, and another. Neither works but when it is told to."""

    studio: Studio
    recorder: Wiring
    other: Wiring

    async def over(self) -> SpaceId:
        """A recorded Space that is over, of which no replay is made yet."""
        id = await self.studio.live()
        db, now = self.studio.house.tools.db, self.studio.clock.now()
        # Nobody's for now, so that the worker of the node leaves it to the test.
        await db.write(lambda tx: outbox.put(tx, f"{facts.RECORDED}:{id}", "nobody's", {}, now))
        await self.studio.house.host.post(f"spaces/{id}/end")
        async with asyncio.timeout(20):
            while self.recorder.tapes.is_writing(id):
                await asyncio.sleep(0.02)
        return id

    async def make(self, wiring: Wiring, id: SpaceId) -> None:
        """One node tries to make it, and its work is done."""
        tools = self.studio.house.tools
        await jobs._make(wiring, tools, id)
        await tools.db.write(lambda tx: outbox.take_back(tx, f"{facts.RECORDED}:{id}"))

    async def sweep(self, wiring: Wiring) -> None:
        """One node looks after what it holds."""
        for id in wiring.tapes.held():
            await jobs._look_after(wiring, self.studio.house.tools, id)

    async def comes_back(self, parked: Path) -> None:
        """The node that recorded is there again, with its disk."""
        shutil.move(parked, self.recorder.tapes.folder(SpaceId(parked.name)))
        await self.sweep(self.recorder)

    def park(self, id: SpaceId) -> Path:
        """The node that recorded is away, with its disk."""
        parked = self.recorder.workshop.parent / "parked" / id
        parked.parent.mkdir()
        shutil.move(self.recorder.tapes.folder(id), parked)
        return parked


@pytest.fixture
def nodes(studio: Studio, tmp_path: Path) -> Nodes:
    many = replace(studio.wiring, is_one_of_many=True)
    elsewhere = Tapes(studio.house.live.media, tmp_path / "other", studio.clock)
    return Nodes(studio, many, replace(many, tapes=elsewhere, workshop=tmp_path / "other-drafts"))


async def test_a_node_that_holds_nothing_of_it_leaves_it_to_the_one_that_does(nodes: Nodes) -> None:
    id = await nodes.over()
    with pytest.raises(Later, match="another node"):
        await jobs._make(nodes.other, nodes.studio.house.tools, id)
    assert await nodes.studio.house.guest.refused("GET", f"spaces/{id}/replay") == (409, "replay_not_ready")
    await nodes.make(nodes.recorder, id)
    replay = await nodes.studio.house.guest.get(f"spaces/{id}/replay")
    assert replay["duration_ms"] >= 1_500
    # Also when the other is asked once more.
    await nodes.make(nodes.other, id)
    assert await nodes.studio.house.guest.get(f"spaces/{id}/replay") == replay


async def test_what_a_node_took_with_it_is_missing_until_it_comes_back(nodes: Nodes) -> None:
    id = await nodes.over()
    house, parked = nodes.studio.house, nodes.park(id)
    nodes.studio.clock.advance(timedelta(minutes=11))
    await nodes.make(nodes.other, id)
    assert await house.guest.refused("GET", f"spaces/{id}/replay") == (404, "replay_not_found")
    await nodes.comes_back(parked)
    await nodes.studio.settle(id)
    assert (await house.guest.get(f"spaces/{id}/replay"))["duration_ms"] >= 1_500
    assert nodes.recorder.tapes.held() == []


@pytest.mark.parametrize("deleted", ["by its host", "by time"])
async def test_what_was_deleted_while_a_node_was_away_is_deleted_there_when_it_comes_back(
    nodes: Nodes, deleted: str
) -> None:
    id = await nodes.over()
    house, parked = nodes.studio.house, nodes.park(id)
    nodes.studio.clock.advance(timedelta(minutes=11))
    await nodes.make(nodes.other, id)
    if deleted == "by its host":
        await house.host.delete(f"spaces/{id}/replay")
    else:
        nodes.studio.clock.advance(timedelta(days=30))
        await nodes.studio.work()
    await nodes.comes_back(parked)
    assert nodes.recorder.tapes.held() == []
    assert await house.guest.refused("GET", f"spaces/{id}/replay") == (404, "replay_not_found")
    assert nodes.studio.files() == []


async def test_a_replay_that_could_not_be_made_for_a_month_is_not_made_any_more(nodes: Nodes) -> None:
    id = await nodes.over()
    nodes.studio.clock.advance(timedelta(days=31))
    await nodes.make(nodes.recorder, id)
    assert await nodes.studio.house.guest.refused("GET", f"spaces/{id}/replay") == (404, "replay_not_found")
    assert nodes.recorder.tapes.held() == []
    assert nodes.studio.files() == []


async def test_a_live_space_is_left_alone_by_whoever_clears_up(nodes: Nodes) -> None:
    id = await nodes.studio.live()
    await nodes.sweep(nodes.recorder)
    assert nodes.recorder.tapes.held() == [id]
    shutil.copytree(nodes.recorder.tapes.folder(id), nodes.other.tapes.folder(id))
    await nodes.sweep(nodes.other)
    assert nodes.other.tapes.held() == [id], "its part of a Space that moved on to another node"


class Died(Exception):
    """The node is no more."""


async def _dies_when_all_is_stored(
    nodes: Nodes, id: SpaceId, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[Connection], object]
) -> None:
    """The files are stored, and before the database knows of it something happens, and the node dies."""

    def dies(*_: object) -> None:
        raise Died

    tools = nodes.studio.house.tools
    with monkeypatch.context() as patched:
        patched.setattr(making, "finish", dies)
        with pytest.raises(Died):
            await jobs._make(nodes.recorder, tools, id)
    assert len([key for key in nodes.studio.files() if key.startswith("recordings/")]) >= 2
    await tools.db.write(meanwhile)


async def test_no_file_is_left_of_a_replay_that_is_deleted_after_the_node_that_made_it_died(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await nodes.over()
    now = nodes.studio.clock.now()
    await _dies_when_all_is_stored(nodes, id, monkeypatch, lambda tx: recordings.delete(tx, id, now))
    await nodes.studio.files_are_gone()


async def test_no_file_is_left_of_a_clip_whose_node_died_before_it_was_one(studio: Studio) -> None:
    id = await studio.ended()
    now, tools = studio.clock.now(), studio.house.tools
    key = "clips/abcdefg.ogg"
    await tools.db.write(lambda tx: recordings.drop_unless_added(tx, id, key, now))
    tools.blobs.put(key, b"OggS")
    await studio.work()
    assert key in studio.files()
    studio.clock.advance(timedelta(minutes=31))
    worker = Worker(tools.db, studio.clock, jobs.handlers(studio.wiring, tools))
    async with asyncio.timeout(20):
        while key in studio.files():
            await worker.run_due()
            await asyncio.sleep(0.02)
    assert await studio.house.guest.get(f"spaces/{id}/replay"), "nothing else went with it"

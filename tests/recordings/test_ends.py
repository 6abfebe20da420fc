"""How a recording is gone: taken down, deleted, too old; and what of it is in a copy of one's data."""

import asyncio
import io
import threading
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from cooee.kit import outbox
from cooee.kit.clock import SettableClock
from cooee.kit.worker import Worker
from cooee.moderation import subjects
from cooee.moderation.rules import Removal
from cooee.people import export
from cooee.people.ids import PersonId
from cooee.recordings import belongings, jobs
from cooee.recordings import service as recordings
from cooee.spaces import facts
from cooee.spaces import service as spaces
from cooee.spaces.house import Change
from cooee.spaces.rules.room import End
from tests.recordings.conftest import Studio
from tests.spaces import rooms

pytestmark = pytest.mark.anyio


async def test_a_copy_of_ones_data_holds_ones_own_sound_and_nobody_elses(studio: Studio) -> None:
    id = await studio.ended()
    house = studio.house
    clip = (await house.stranger.post(f"spaces/{id}/clips", {"start_ms": 0, "length_ms": 1_000}))["id"]

    async def sound(person: PersonId) -> dict[str, int]:
        now, key = studio.clock.now(), f"exports/{person}.zip"
        await house.tools.db.write(lambda tx: export.ask(tx, person, now))
        told = await house.tools.db.read(lambda tx: export._told(tx, person, [belongings.BELONGINGS]))
        assert told is not None
        await asyncio.to_thread(export._put_zipped, house.tools, told, key)
        data = house.tools.blobs.read(key)
        assert data is not None
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.testzip() is None
            return {each.filename: each.file_size for each in archive.infolist() if each.filename.endswith(".ogg")}

    hosted = await sound(rooms.HOST)
    assert set(hosted) == {f"recordings/{id}.ogg", f"recordings/{id}.my-voice.ogg"}
    assert hosted[f"recordings/{id}.ogg"] == (await house.guest.get(f"spaces/{id}/replay"))["size"]
    assert set(await sound(rooms.STRANGER)) == {f"clips/{clip}.ogg"}
    assert await sound(rooms.LISTENER) == {}


async def test_what_moderators_take_down_is_gone_with_its_files(studio: Studio) -> None:
    house = studio.house
    ready, live = await studio.ended(), await studio.live()
    for id in (ready, live):
        gone = Removal("space", id)
        bench = (house.live.house, gone, studio.clock.now(), house.live.rooms.committed, lambda *_: None)
        await house.tools.db.write(lambda tx, bench=bench: subjects.remove(tx, *bench))  # type: ignore[misc]
        await studio.settle(id)
        assert await house.host.refused("GET", f"spaces/{id}/replay") == (404, "replay_not_found")
    await studio.files_are_gone()


async def test_a_replay_that_is_removed_before_it_is_made_is_never_made(studio: Studio) -> None:
    id = await studio.live()
    house, db = studio.house, studio.house.tools.db
    now = studio.clock.now()

    def ended_and_removed(tx: Connection, committed: Callable[[Change], None]) -> bool:
        spaces.act(tx, house.live.house, rooms.actor(rooms.HOST), id, End(), now, committed)
        return recordings.delete(tx, id, now)

    assert await db.write(lambda tx: ended_and_removed(tx, house.live.rooms.committed))
    await studio.settle(id)
    assert await house.host.refused("GET", f"spaces/{id}/replay") == (404, "replay_not_found")
    assert studio.files() == []


async def test_nothing_is_left_of_a_replay_that_is_deleted_while_it_is_made(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await studio.live()
    house, tools, later = studio.house, studio.house.tools, studio.clock.now() + timedelta(hours=1)
    key, made = f"{facts.RECORDED}:{id}", jobs.handlers(studio.wiring, tools)[facts.RECORDED]
    put_file, under_way, release = tools.blobs.put_file, asyncio.Event(), threading.Event()
    loop, stored = asyncio.get_running_loop(), list[str]()

    def slow(key: str, path: Path) -> None:
        loop.call_soon_threadsafe(under_way.set)
        release.wait(20)
        put_file(key, path)
        stored.append(key)

    monkeypatch.setattr(tools.blobs, "put_file", slow)
    # The worker of the node has it later.
    await tools.db.write(lambda tx: outbox.put(tx, key, "nobody's", {}, later))
    await house.host.post(f"spaces/{id}/end")
    async with asyncio.timeout(20):
        while studio.wiring.tapes.is_writing(id):
            await asyncio.sleep(0.02)
        await tools.db.write(lambda tx: outbox.schedule(tx, key, facts.RECORDED, {"space": id}, later))
        worker = Worker(tools.db, SettableClock(later), {facts.RECORDED: made}, renew_s=0.02)
        at_work = asyncio.create_task(worker.run_due())
        await under_way.wait()
        await house.host.delete(f"spaces/{id}/replay")
        await asyncio.wait({at_work}, timeout=0.3)
        release.set()
        assert await at_work == 1
        while len(stored) < 2:
            await asyncio.sleep(0.02)
    await studio.files_are_gone()
    assert not any(studio.wiring.workshop.iterdir())
    assert await house.host.refused("GET", f"spaces/{id}/replay") == (404, "replay_not_found")


async def test_the_host_deletes_it_at_once_with_all_its_files(studio: Studio) -> None:
    id = await studio.ended()
    house = studio.house
    await house.stranger.post(f"spaces/{id}/clips", {"start_ms": 0, "length_ms": 1_000})
    assert len(studio.files()) == 3
    assert await house.stranger.refused("DELETE", f"spaces/{id}/replay") == (403, "host_only")
    await house.host.delete(f"spaces/{id}/replay")
    assert await house.guest.refused("GET", f"spaces/{id}/replay") == (404, "replay_not_found")
    await studio.files_are_gone()
    assert await house.host.refused("DELETE", f"spaces/{id}/replay") == (404, "replay_not_found")


async def test_after_thirty_days_nothing_is_left(studio: Studio) -> None:
    id = await studio.ended()
    studio.clock.advance(timedelta(days=29, hours=23))
    await studio.work()
    assert await studio.house.guest.get(f"spaces/{id}/replay")
    studio.clock.advance(timedelta(hours=2))
    await studio.files_are_gone()
    assert await studio.house.guest.refused("GET", f"spaces/{id}/replay") == (404, "replay_not_found")

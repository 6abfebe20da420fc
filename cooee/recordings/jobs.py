"""What goes on by itself: replays are made when Spaces are over, and deleted when their time is.

Nothing of what was said stays on a disk of which no replay is to be made any more, whichever node it is.
"""

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection

from cooee.kit.outbox import Job
from cooee.kit.rounds import rounds
from cooee.kit.web import Toolbox
from cooee.kit.worker import Handler, Inside, Lane, Later, Outside
from cooee.people.ids import PersonId
from cooee.recordings import making, service
from cooee.recordings.assembling import Assembled, assemble
from cooee.recordings.store import Recording, Track
from cooee.recordings.wiring import Wiring
from cooee.spaces import facts
from cooee.spaces.state import SpaceId

_LANE = Lane("recordings", 2)
"""Files of hours are read and written: nothing else waits for that."""

_STILL_WRITTEN = timedelta(seconds=0.25)
_ELSEWHERE = timedelta(seconds=2)
_SWEEP_S = 60.0


def handlers(wiring: Wiring, tools: Toolbox) -> Mapping[str, Handler]:
    """What the worker does, by topic."""

    async def make(job: Job) -> None:
        await _make(wiring, tools, SpaceId(job.payload["space"]))

    def expire(tx: Connection, job: Job) -> None:
        service.expire(tx, SpaceId(job.payload["space"]), tools.clock.now())

    async def drop(job: Job) -> None:
        space = SpaceId(job.payload["space"])
        if wiring.tapes.is_writing(space):
            raise Later("the engine still writes", _STILL_WRITTEN)

        def work() -> None:
            for key in job.payload["keys"]:
                tools.blobs.delete(str(key))

        await asyncio.to_thread(work)
        # Deleted before it was made, if it is there still.
        await _look_after(wiring, tools, space)

    return {
        facts.RECORDED: Outside(make, _LANE),
        service.EXPIRE: Inside(expire),
        service.DROP: Outside(drop, _LANE),
    }


async def run(wiring: Wiring, tools: Toolbox) -> None:
    """Runs until cancelled."""

    async def sweep() -> None:
        for space in await asyncio.to_thread(wiring.tapes.held):
            await _look_after(wiring, tools, space)

    await rounds(sweep, _SWEEP_S)


async def _look_after(wiring: Wiring, tools: Toolbox, space: SpaceId) -> None:
    """Deletes what this node holds of a Space, unless it is needed yet."""
    folder = wiring.tapes.folder(space)
    if wiring.tapes.is_writing(space) or not folder.exists():
        return
    now = tools.clock.now()
    if await tools.db.write(lambda tx: making.fate(tx, wiring.archive, space, now)) == "gone":
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def _make(wiring: Wiring, tools: Toolbox, space: SpaceId) -> None:
    if wiring.tapes.is_writing(space):
        raise Later("the engine still writes", _STILL_WRITTEN)
    if wiring.is_still_said(space):
        raise Later("the last words are still written down", _STILL_WRITTEN)
    archive, folder, now = wiring.archive, wiring.tapes.folder(space), tools.clock.now()
    if wiring.is_one_of_many and not folder.exists():
        if await tools.db.read(lambda tx: making.may_be_elsewhere(tx, space, now)):
            raise Later("another node has its sound", _ELSEWHERE)
        await tools.db.write(lambda tx: making.miss(tx, archive, space, now))
        return
    begun = await tools.db.write(lambda tx: making.begin(tx, archive, space, now))
    if begun is not None and begun.state == "making":
        out = wiring.workshop / begun.token
        try:
            await _keep(wiring, tools, begun, await asyncio.to_thread(assemble, folder, out))
        finally:
            await asyncio.to_thread(shutil.rmtree, out, ignore_errors=True)
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def _keep(wiring: Wiring, tools: Toolbox, begun: Recording, assembled: Assembled | None) -> None:
    now = tools.clock.now()
    if assembled is None:
        await tools.db.write(lambda tx: service.delete(tx, begun.space, now))
        return
    size, tracks = assembled.mix.stat().st_size, [Track(who, path.stat().st_size) for who, path in _files(assembled)]
    files = {begun.key: assembled.mix, begun.levels_key: assembled.levels}
    files |= {begun.track_key(who): path for who, path in _files(assembled)}

    if not await tools.db.write(lambda tx: making.note_files(tx, begun, tracks)):
        return

    def store_files() -> None:
        for key, path in files.items():
            tools.blobs.put_file(key, path)

    await asyncio.to_thread(store_files)
    made = replace(
        begun,
        duration_ms=assembled.duration_ms,
        size=size,
        peaks=assembled.peaks,
        chapters=assembled.chapters,
    )

    def finish(tx: Connection) -> None:
        if making.finish(tx, wiring.archive, made, assembled.parts, now) is None:
            service.drop(tx, begun.space, list(files), now)

    await tools.db.write(finish)


def _files(assembled: Assembled) -> list[tuple[PersonId, Path]]:
    return list(assembled.tracks.items())

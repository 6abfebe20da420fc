"""A copy of all that is a person's: asked for, made by the worker as a ZIP of JSON and media, kept for some days."""

import asyncio
import json
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from cooee.kit import outbox
from cooee.kit.blobs import Blobs
from cooee.kit.errors import JsonValue
from cooee.kit.outbox import Job
from cooee.kit.web import Toolbox
from cooee.kit.worker import Handler, Inside, Lane, Outside
from cooee.people import facts, files, pictures, store
from cooee.people.belongings import Belongings
from cooee.people.errors import NoExport
from cooee.people.ids import PersonId
from cooee.people.tables import data_exports

KEPT = timedelta(days=7)

_STRAY = timedelta(days=1)
"""Longer than any copy takes to be made."""

_LANE = Lane("exports", 1)
"""Somebody's hours of sound are no reason for anything else to wait."""

MAKE: Final = "people.make_export"
"""The outbox's topic: `{person, asked_at}`"""

EXPIRE: Final = "people.expire_export"
"""`{person, file}`"""


@dataclass(frozen=True)
class Export:
    """A copy that was asked for; `ready_at` and what follows are None while it is made."""

    asked_at: datetime
    ready_at: datetime | None
    file: str | None
    bytes: int | None


def ask(tx: Connection, me: PersonId, now: datetime) -> Export:
    """Has a copy made, in place of the last one."""
    drop(tx, me, now)
    tx.execute(insert(data_exports).values(person_id=me, asked_at=now))
    outbox.schedule(tx, f"{MAKE}:{me}", MAKE, {"person": me}, now)
    return Export(now, None, None, None)


def found(tx: Connection, me: PersonId) -> Export | None:
    """The copy that was asked for last, unless it has expired."""
    row = tx.execute(select(data_exports).where(data_exports.c.person_id == me)).one_or_none()
    return None if row is None else Export(row.asked_at, row.ready_at, row.file, row.bytes)


def file_of(tx: Connection, me: PersonId) -> str:
    """The file of one's copy.

    Raises:
        NoExport: none was asked for, it is not ready, or it has expired.
    """
    export = found(tx, me)
    if export is None or export.file is None:
        raise NoExport
    return export.file


def drop(tx: Connection, me: PersonId, now: datetime) -> None:
    """Deletes one's copy, if there is one."""
    gone = tx.execute(delete(data_exports).where(data_exports.c.person_id == me).returning(data_exports.c.file))
    file = gone.scalar_one_or_none()
    if file:
        files.forget(tx, files.export_key(file), now)
    outbox.take_back(tx, f"{MAKE}:{me}")
    outbox.take_back(tx, f"{EXPIRE}:{me}")


def making(tools: Toolbox, domains: Sequence[Belongings]) -> Handler:
    """The worker's part: makes a copy and has its person told."""

    async def make(job: Job) -> None:
        person = PersonId(job.payload["person"])
        told = await tools.db.read(lambda tx: _told(tx, person, domains))
        if told is None:
            return
        file, began = f"{tools.ids.token()}.zip", tools.clock.now()
        # Should the node die before the file is somebody's, it is deleted all the same.
        await tools.db.write(lambda tx: files.forget(tx, files.export_key(file), began + _STRAY))
        size = await asyncio.to_thread(_put_zipped, tools, told, files.export_key(file))
        now = tools.clock.now()
        await tools.db.write(lambda tx: _ready(tx, person, told.asked_at, file, size, now))

    return Outside(make, _LANE)


def expiring(tools: Toolbox) -> Handler:
    """The worker's part: deletes a copy whose time is over."""

    def expire(tx: Connection, job: Job) -> None:
        drop(tx, PersonId(job.payload["person"]), tools.clock.now())

    return Inside(expire)


@dataclass(frozen=True)
class _Told:
    asked_at: datetime
    parts: Mapping[str, JsonValue]
    files: Mapping[str, str]


def _told(tx: Connection, person: PersonId, domains: Sequence[Belongings]) -> _Told | None:
    export, record = found(tx, person), store.person(tx, person)
    if export is None or record is None:
        return None
    parts = {name: part for domain in domains for name, part in domain.tell(tx, person).items()}
    held = {name: key for domain in domains for name, key in domain.files(tx, person).items()}
    if record.picture:
        held["picture.webp"] = pictures.blob_key(record.picture)
    return _Told(export.asked_at, parts, held)


def _put_zipped(tools: Toolbox, told: _Told, key: str) -> int:
    """Makes the copy on the disk, since sound may be long, and stores it; how many bytes it has."""
    tools.drafts.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=tools.drafts) as folder:
        draft = Path(folder) / "export.zip"
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, part in told.parts.items():
                archive.writestr(f"{name}.json", json.dumps(part, ensure_ascii=False, indent=2))
            for name, held in told.files.items():
                _add(archive, name, tools.blobs, held)
        size = draft.stat().st_size
        tools.blobs.put_file(key, draft)
    return size


def _add(archive: zipfile.ZipFile, name: str, blobs: Blobs, key: str) -> None:
    """As it is: pictures and sound are compressed already. What was deleted meanwhile is left out."""
    size = blobs.size(key)
    if size is None:
        return
    with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as file:
        for piece in blobs.part(key, 0, size):
            file.write(piece)


def _ready(tx: Connection, person: PersonId, asked_at: datetime, file: str, size: int, now: datetime) -> None:
    ours = (data_exports.c.person_id == person, data_exports.c.asked_at == asked_at, data_exports.c.file.is_(None))
    made = update(data_exports).where(*ours).values(ready_at=now, file=file, bytes=size)
    if tx.execute(made).rowcount == 0:
        # Taken back, or asked for anew, meanwhile.
        files.forget(tx, files.export_key(file), now)
        return
    files.keep(tx, files.export_key(file))
    outbox.schedule(tx, f"{EXPIRE}:{person}", EXPIRE, {"person": person}, now + KEPT)
    facts.export_ready(tx, person, now)

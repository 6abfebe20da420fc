"""A copy of all that is a person's: asked for, made by the worker as a ZIP of JSON and pictures, kept for some days."""

import asyncio
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from cooee.kit import outbox
from cooee.kit.errors import JsonValue
from cooee.kit.outbox import Job
from cooee.kit.web import Toolbox
from cooee.kit.worker import Handler, Inside, Outside
from cooee.people import facts, files, pictures, store
from cooee.people.belongings import Belongings
from cooee.people.errors import NoExport
from cooee.people.ids import PersonId
from cooee.people.tables import data_exports

KEPT = timedelta(days=7)

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
        data = await asyncio.to_thread(_zipped, tools, told)
        file = f"{tools.ids.token()}.zip"
        await asyncio.to_thread(tools.blobs.put, files.export_key(file), data)
        now = tools.clock.now()
        await tools.db.write(lambda tx: _ready(tx, person, told.asked_at, file, len(data), now))

    return Outside(make)


def expiring(tools: Toolbox) -> Handler:
    """The worker's part: deletes a copy whose time is over."""

    def expire(tx: Connection, job: Job) -> None:
        drop(tx, PersonId(job.payload["person"]), tools.clock.now())

    return Inside(expire)


@dataclass(frozen=True)
class _Told:
    asked_at: datetime
    parts: Mapping[str, JsonValue]
    picture: str | None


def _told(tx: Connection, person: PersonId, domains: Sequence[Belongings]) -> _Told | None:
    export, record = found(tx, person), store.person(tx, person)
    if export is None or record is None:
        return None
    parts = {name: part for domain in domains for name, part in domain.tell(tx, person).items()}
    return _Told(export.asked_at, parts, record.picture)


def _zipped(tools: Toolbox, told: _Told) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in told.parts.items():
            archive.writestr(f"{name}.json", json.dumps(part, ensure_ascii=False, indent=2))
        picture = tools.blobs.read(pictures.blob_key(told.picture)) if told.picture else None
        if picture is not None:
            archive.writestr("picture.webp", picture)
    return written.getvalue()


def _ready(tx: Connection, person: PersonId, asked_at: datetime, file: str, size: int, now: datetime) -> None:
    ours = (data_exports.c.person_id == person, data_exports.c.asked_at == asked_at, data_exports.c.file.is_(None))
    made = update(data_exports).where(*ours).values(ready_at=now, file=file, bytes=size)
    if tx.execute(made).rowcount == 0:
        # Taken back, or asked for anew, meanwhile.
        files.forget(tx, files.export_key(file), now)
        return
    outbox.schedule(tx, f"{EXPIRE}:{person}", EXPIRE, {"person": person}, now + KEPT)
    facts.export_ready(tx, person, now)

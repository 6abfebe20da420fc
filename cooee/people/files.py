"""Files that nobody needs any more: the worker deletes them after the commit, unless somebody has come to need them."""

import asyncio
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from cooee.kit import outbox
from cooee.kit.blobs import Blobs
from cooee.kit.db import Database
from cooee.kit.outbox import Job
from cooee.kit.worker import Handler, Outside
from cooee.people import pictures
from cooee.people.tables import data_exports, people

DROP: Final = "people.drop_file"
"""The outbox's topic: `{key}`, as the blobs know it."""


def forget(tx: Connection, key: str, now: datetime) -> None:
    """Has a file deleted that this transaction needs no longer."""
    outbox.schedule(tx, f"{DROP}:{key}", DROP, {"key": key}, now)


def keep(tx: Connection, key: str) -> None:
    """Takes back that a file is to be deleted."""
    outbox.take_back(tx, f"{DROP}:{key}")


def dropping(db: Database, blobs: Blobs) -> Handler:
    """The worker's part."""

    async def drop(job: Job) -> None:
        key = str(job.payload["key"])
        if not await db.read(lambda tx: _is_needed(tx, key)):
            await asyncio.to_thread(blobs.delete, key)

    return Outside(drop)


def export_key(name: str) -> str:
    """Where the export of this name is kept."""
    return f"exports/{name}"


def _is_needed(tx: Connection, key: str) -> bool:
    kind, _, name = key.partition("/")
    column = people.c.picture if kind == pictures.KIND else data_exports.c.file
    return tx.execute(select(column).where(column == name).limit(1)).one_or_none() is not None

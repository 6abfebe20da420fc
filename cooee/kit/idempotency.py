"""Requests that are sent twice and count once: the `Idempotency-Key` of a POST that makes something.

Only the id of what was made is kept, for a day: the answer is drawn anew, and nothing that people wrote is stored
twice.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Header
from sqlalchemy import Column, Connection, Table, Text, and_, delete, select, update

from cooee.kit.columns import UtcTime, text_id
from cooee.kit.db import insert_new, metadata

REMEMBERED = timedelta(hours=24)

made_once = Table(
    "made_once",
    metadata,
    Column("who", text_id(), primary_key=True),
    Column("key", text_id(), primary_key=True),
    # None only inside the transaction that makes it.
    Column("made", Text),
    Column("at", UtcTime, nullable=False, index=True),
)

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=100,
        description="Chosen by the client. The same key within 24 hours makes nothing new, and is answered alike.",
    ),
]
"""The key of a request, as a parameter of a route."""


def once(tx: Connection, who: str, what: str, key: str | None, now: datetime, make: Callable[[], str]) -> str:
    """The id of what `make` makes, or of what it made when `who` sent this key before.

    `what` names the kind of thing, so that a key of one address means nothing at another.
    """
    if key is None:
        return make()
    tx.execute(delete(made_once).where(made_once.c.at <= now - REMEMBERED))
    full_key = f"{what}:{key}"
    this = and_(made_once.c.who == who, made_once.c.key == full_key)
    # On PostgreSQL a second request waits here until the first has committed or failed.
    if not insert_new(tx, made_once, {"who": who, "key": full_key, "made": None, "at": now}):
        return str(tx.execute(select(made_once.c.made).where(this)).scalar_one())
    made = make()
    tx.execute(update(made_once).where(this).values(made=made))
    return made

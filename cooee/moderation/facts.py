"""What others may want to hear of moderation: topics of the outbox, with the shape of each payload. Ids are strings."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from cooee.kit import outbox
from cooee.people.ids import PersonId

REPORTED: Final = "moderation.reported"
"""`{case, person}`: moderators have looked at what `person` reported."""

MODERATED: Final = "moderation.moderated"
"""`{case, person}`: something was decided against `person`."""


def decided(
    tx: Connection, case: str, person: PersonId, reporters: Collection[PersonId], now: datetime, *, acted: bool
) -> None:
    """A case was decided. Who dismisses tells nobody but those who reported."""
    for reporter in reporters:
        outbox.put(tx, f"{REPORTED}:{case}:{reporter}", REPORTED, {"case": case, "person": reporter}, now)
    if acted:
        outbox.put(tx, f"{MODERATED}:{case}", MODERATED, {"case": case, "person": person}, now)

"""What this domain holds of a person: the figures of the Spaces that they opened. They go with the Spaces."""

from sqlalchemy import Connection

from cooee.analytics import service
from cooee.kit.errors import JsonValue
from cooee.kit.pages import rfc3339
from cooee.people.belongings import Belongings, Told
from cooee.people.ids import PersonId


def tell(tx: Connection, person: PersonId) -> Told:
    """What was counted of somebody's Spaces."""
    return {"analytics": [_told(found) for found in service.of_owner(tx, person)]}


def _told(found: service.Figures) -> JsonValue:
    sums = found.totals
    return {
        "space": found.space.id,
        "peak": sums.peak,
        "listened_s": sums.listened_ms // 1000,
        "reactions": dict(sums.reactions),
        "sources": dict(found.came),
        "minutes": [
            {"at": rfc3339(minute), "listened_s": count.listened_ms // 1000, "most": max(count.most)}
            for minute, count in sorted(found.minutes.items())
        ],
    }


BELONGINGS = Belongings(tell)

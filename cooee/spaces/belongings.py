"""What this domain holds of a person. The Spaces that they opened go with them; in those of others a number stays."""

import json
from typing import Any

from sqlalchemy import Connection, Row, select

from cooee.kit.errors import JsonValue
from cooee.kit.pages import rfc3339
from cooee.people.belongings import Belongings, Told
from cooee.people.ids import PersonId
from cooee.spaces.tables import attendance, feedback, sound, spaces, speakers


def tell(tx: Connection, person: PersonId) -> Told:
    """The Spaces that somebody opened, where they were, and what they thought of it."""
    opened = tx.execute(select(spaces).where(spaces.c.owner_id == person).order_by(spaces.c.started_at))
    visited = tx.execute(select(attendance).where(attendance.c.person_id == person).order_by(attendance.c.first_at))
    sounded = tx.execute(select(sound).where(sound.c.person_id == person).order_by(sound.c.space_id, sound.c.door))
    spoke = tx.execute(select(speakers).where(speakers.c.person_id == person).order_by(speakers.c.at))
    thought = tx.execute(select(feedback).where(feedback.c.person_id == person).order_by(feedback.c.at))
    return {
        "feedback": [
            {"space": row.space_id, "stars": row.stars, "note": row.note, "at": rfc3339(row.at)} for row in thought
        ],
        "sound": [_sound(row) for row in sounded],
        "spoke": [{"space": row.space_id, "at": rfc3339(row.at)} for row in spoke],
        "spaces": [_space(row) for row in opened],
        "visits": [
            {"space": row.space_id, "from": rfc3339(row.first_at), "until": rfc3339(row.last_at)} for row in visited
        ],
    }


def _space(row: Row[Any]) -> JsonValue:
    document = json.loads(row.document)
    return {
        "id": row.id,
        "title": document["title"],
        "topics": document["topics"],
        "audience": row.audience,
        "started_at": rfc3339(row.started_at),
        "ended_at": rfc3339(row.ended_at) if row.ended_at else None,
    }


def _sound(row: Row[Any]) -> JsonValue:
    figures = {column.name: getattr(row, column.name) for column in sound.columns}
    return {"space": figures.pop("space_id")} | {name: each for name, each in figures.items() if name != "person_id"}


BELONGINGS = Belongings(tell)

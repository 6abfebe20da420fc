"""What this domain holds of a person: whether they agreed to captions, and what they say while a Space is open."""

from sqlalchemy import Connection, select

from cooee.captions.tables import caption_consents, caption_lines
from cooee.kit.pages import rfc3339
from cooee.people.belongings import Belongings, Told
from cooee.people.ids import PersonId


def tell(tx: Connection, person: PersonId) -> Told:
    """Their word on captions, and what waits to go into replays of what they said. Of an open Space nothing else is
    told: a copy would outlive it."""
    consent = tx.execute(select(caption_consents).where(caption_consents.c.person_id == person)).one_or_none()
    lines = caption_lines.c
    said = tx.execute(
        select(caption_lines).where(lines.person_id == person, lines.recorded).order_by(lines.at, lines.number)
    )
    return {
        "captions": {
            "agreed": consent.agreed if consent else None,
            "asked_at": rfc3339(consent.at) if consent else None,
            "said": [{"space": row.space_id, "text": row.text, "at": rfc3339(row.at)} for row in said],
        }
    }


BELONGINGS = Belongings(tell)

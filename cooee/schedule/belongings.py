"""What this domain holds of a person: the Spaces that they announced, and of which they want to be reminded."""

from sqlalchemy import Connection, select

from cooee.kit.pages import rfc3339
from cooee.people.belongings import Belongings, Told
from cooee.people.ids import PersonId
from cooee.schedule.tables import reminders, scheduled_spaces


def tell(tx: Connection, person: PersonId) -> Told:
    """What somebody announced, and their reminders."""
    spaces = scheduled_spaces.c
    announced = tx.execute(select(scheduled_spaces).where(spaces.host_id == person).order_by(spaces.starts_at))
    wanted = tx.execute(select(reminders).where(reminders.c.person_id == person).order_by(reminders.c.at))
    return {
        "scheduled_spaces": [
            {"id": row.id, "title": row.title, "state": row.state, "starts_at": rfc3339(row.starts_at)}
            for row in announced
        ],
        "reminders": [{"space": row.space_id, "since": rfc3339(row.at)} for row in wanted],
    }


BELONGINGS = Belongings(tell)

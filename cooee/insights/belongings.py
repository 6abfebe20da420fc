"""What this domain holds of a person: what they told the operator. It goes with them."""

from sqlalchemy import Connection, select

from cooee.insights.tables import told_us
from cooee.kit.pages import rfc3339
from cooee.people.belongings import Belongings, Told
from cooee.people.ids import PersonId


def tell(tx: Connection, person: PersonId) -> Told:
    """What they said."""
    said = tx.execute(select(told_us).where(told_us.c.person_id == person).order_by(told_us.c.id))
    return {"told_us": [{"stars": row.stars, "note": row.note, "at": rfc3339(row.at)} for row in said]}


BELONGINGS = Belongings(tell)

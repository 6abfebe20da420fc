"""What this domain holds of a person: what they hear of, and what others heard of them."""

from sqlalchemy import Connection, delete, exists, select

from cooee.kit.errors import JsonValue
from cooee.notify import devices, mailbox
from cooee.notify.tables import lines, notices, wishes
from cooee.people.belongings import Belongings, Told
from cooee.people.ids import PersonId


def tell(tx: Connection, person: PersonId) -> Told:
    """What somebody wished to hear of, and on which devices. Notices are made of what is told elsewhere."""
    wished = tx.execute(select(wishes).where(wishes.c.person_id == person))
    pushed: list[JsonValue] = [part for one in devices.listed(tx, person) for part in (one.browser, one.system) if part]
    return {
        "notifications": {
            "wishes": [{"kind": row.kind, "channel": row.channel, "wanted": row.wanted} for row in wished],
            "letters": mailbox.of(tx, person).rhythm,
            "push_devices": pushed,
        }
    }


def erase(tx: Connection, person: PersonId) -> None:
    """Deletes what others heard of this person, with the lines that would be empty."""
    heard = select(notices.c.line_id).where(notices.c.by_id == person)
    touched = list(tx.execute(heard).scalars())
    tx.execute(delete(notices).where(notices.c.by_id == person))
    empty = ~exists().where(notices.c.line_id == lines.c.id)
    for start in range(0, len(touched), _AT_ONCE):
        tx.execute(delete(lines).where(lines.c.id.in_(touched[start : start + _AT_ONCE]), empty))


_AT_ONCE = 500

BELONGINGS = Belongings(tell, erase)

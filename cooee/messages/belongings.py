"""What this domain holds of a person.

What one wrote to another is also the other's: who deletes an account leaves the other their copy, without a name. It
goes when the other never took it up, has deleted it, or was erased too.
"""

from typing import Any

from sqlalchemy import Connection, Row, Select, delete, exists, or_, select, update

from cooee.kit.errors import JsonValue
from cooee.kit.pages import rfc3339
from cooee.messages.ids import NOTHING
from cooee.messages.tables import conversations, message_settings, messages, sides
from cooee.people import rules
from cooee.people.belongings import Belongings, Told
from cooee.people.erasing import is_nameless
from cooee.people.ids import PersonId
from cooee.people.tables import people


def tell(tx: Connection, person: PersonId) -> Told:
    """One's conversations as one sees them: what one deleted for oneself is not in them."""
    mine = select(sides).where(sides.c.person_id == person).order_by(sides.c.conversation_id)
    writers = tx.execute(select(message_settings.c.writers).where(message_settings.c.person_id == person))
    return {
        "conversations": [_conversation(tx, row) for row in tx.execute(mine).all()],
        "message_settings": {"writers": writers.scalar_one_or_none() or "everyone"},
    }


def erase(tx: Connection, person: PersonId) -> None:
    """Deletes the conversations that nobody else has, and what the others' say of this person."""
    tx.execute(delete(conversations).where(conversations.c.id.in_(_nobody_elses(person))))
    neutral = {
        "state": "new",
        "asked_at": None,
        "last_id": None,
        "heard_id": NOTHING,
        "read_id": NOTHING,
        "cleared_id": NOTHING,
    }
    tx.execute(update(sides).where(sides.c.person_id == person).values(neutral))


def _nobody_elses(person: PersonId) -> Select[tuple[str]]:
    erased = exists().where(people.c.id == sides.c.person_id, is_nameless(people.c.username))
    has_copy = exists().where(
        sides.c.conversation_id == conversations.c.id,
        sides.c.other_id == person,
        sides.c.state == "open",
        sides.c.last_id.is_not(None),
        ~erased,
    )
    theirs = or_(conversations.c.low_id == person, conversations.c.high_id == person)
    return select(conversations.c.id).where(theirs, ~has_copy)


def _conversation(tx: Connection, side: Row[Any]) -> JsonValue:
    whom = (people.c.username, people.c.display_name, people.c.suspended_until, people.c.deleting_at)
    other = tx.execute(select(*whom).where(people.c.id == side.other_id)).one()
    said = (
        select(messages)
        .where(messages.c.conversation_id == side.conversation_id, messages.c.id > side.cleared_id)
        .order_by(messages.c.id)
    )
    return {
        "id": side.conversation_id,
        "with": _named(other),
        "messages": [
            {
                "id": row.id,
                "mine": row.sender_id == side.person_id,
                "text": row.text,
                "created_at": rfc3339(row.created_at),
                "deleted": row.deleted,
                "attachment": f"{row.attachment_kind}:{row.attachment_id}" if row.attachment_kind else None,
            }
            for row in tx.execute(said)
        ],
    }


def _named(other: Any) -> JsonValue:
    """As one sees them in one's list: nobody who has left."""
    if other.deleting_at is not None:
        return None
    name, _ = rules.face(other.display_name, None, other.username, suspended=other.suspended_until is not None)
    return {"username": other.username, "display_name": name}


BELONGINGS = Belongings(
    tell,
    erase,
    keeps=(
        conversations.c.low_id,
        conversations.c.high_id,
        sides.c.person_id,
        sides.c.other_id,
        messages.c.sender_id,
    ),
)

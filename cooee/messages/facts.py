"""What others may want to hear of messages: topics of the outbox, with the shape of each payload. Ids are strings."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from cooee.kit import outbox
from cooee.messages.records import MessageRecord
from cooee.people.ids import PersonId

RECEIVED: Final = "messages.received"
"""`{message, conversation, from, to, request}`; `request`: it waits for `to` to accept."""


def received(tx: Connection, message: MessageRecord, to: PersonId, now: datetime, *, request: bool) -> None:
    """`to` has got a message."""
    payload = {
        "message": message.id,
        "conversation": message.conversation,
        "from": message.sender,
        "to": to,
        "request": request,
    }
    outbox.put(tx, f"{RECEIVED}:{message.id}", RECEIVED, payload, now)

"""What others may want to hear of Spaces: the outbox's topics, each with the shape of its payload. Ids are strings."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from cooee.kit import outbox
from cooee.kit.clock import to_ms
from cooee.people.ids import PersonId
from cooee.spaces.events import Ended, Invited, OwnerChanged, Seated
from cooee.spaces.rules import Events
from cooee.spaces.state import Space, SpaceId

LIVE: Final = "spaces.live"
"""`{space, host}`: a public Space has begun."""

INVITED: Final = "spaces.invited"
"""`{space, by, person}`: `person` is offered a seat, or was invited by a message."""

ACCEPTED: Final = "spaces.accepted"
"""`{space, by, person}`: `person` asked to speak, and has a seat now."""

PASSED_ON: Final = "spaces.passed_on"
"""`{space}`: it is somebody else's for good."""

ENDED: Final = "spaces.ended"
"""`{space}`"""


RECORDED: Final = "spaces.recorded"
"""`{space}`: it is over, and was recorded at some time of it."""

WIPE: Final = "spaces.wipe"
"""`{space}`: it is over, and what was written in it is to be deleted."""

MESSAGE_GONE: Final = "spaces.message_gone"
"""`{space, message, to}`: moderators took a message of a room down; `to` was the host who read it alone, None all."""


def message_gone(tx: Connection, space: SpaceId, message: str, to: PersonId | None, now: datetime) -> None:
    """Moderators took a message of a room down."""
    payload = {"space": space, "message": message, "to": to}
    outbox.put(tx, f"{MESSAGE_GONE}:{message}", MESSAGE_GONE, payload, now)


OVER: Final = "spaces.over"
"""`{space, reason, at, lasted_ms}`: the same, for whoever settles what was paid."""


def live(tx: Connection, space: Space, now: datetime) -> None:
    """Tells of a Space that has begun, if all may know of it."""
    if space.audience == "public":
        outbox.put(tx, f"{LIVE}:{space.id}", LIVE, {"space": space.id, "host": space.host}, now)


def happened(tx: Connection, space: Space, events: Events, by: PersonId | None, now: datetime) -> None:
    """Tells of what others may want to hear of; `by` is whose command it was, None if nobody's."""
    for event in events:
        match event:
            case Invited(person) if by is not None:
                _told(tx, INVITED, space, by, person, now)
            case Seated(person) if by not in (None, person):
                assert by is not None
                _told(tx, ACCEPTED, space, by, person, now)
            case OwnerChanged():
                outbox.put(tx, f"{PASSED_ON}:{space.id}", PASSED_ON, {"space": space.id}, now)
            case Ended(at, reason):
                lasted_ms = round((at - space.started_at).total_seconds() * 1000)
                paid = {"space": space.id, "reason": reason, "at": to_ms(at), "lasted_ms": lasted_ms}
                outbox.put(tx, f"{OVER}:{space.id}", OVER, paid, now)
                outbox.put(tx, f"{ENDED}:{space.id}", ENDED, {"space": space.id}, now)
                outbox.put(tx, f"{WIPE}:{space.id}", WIPE, {"space": space.id}, now)
                if space.recorded:
                    outbox.put(tx, f"{RECORDED}:{space.id}", RECORDED, {"space": space.id}, now)
            case _:
                pass


def invited(tx: Connection, space: Space, by: PersonId, person: PersonId, now: datetime) -> None:
    """`by` has invited `person` by a message that arrived."""
    _told(tx, INVITED, space, by, person, now)


def _told(tx: Connection, topic: str, space: Space, by: PersonId, person: PersonId, now: datetime) -> None:
    payload = {"space": space.id, "by": by, "person": person}
    outbox.put(tx, f"{topic}:{space.id}:{by}:{person}", topic, payload, now)

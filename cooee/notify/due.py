"""What goes out by push and by mail: rows of the outbox, put along with what they tell of.

A row of `notify.push` says to which device, and one of: which line, which Space, which message. What it says is looked
up when it goes out, so that nothing is told that is no more.
"""

from datetime import datetime

from sqlalchemy import Connection

from cooee.kit import outbox
from cooee.kit.outbox import Payload
from cooee.notify import devices, mailbox, store
from cooee.notify.rules import Kind, letter_at, push_at
from cooee.people.ids import PersonId

PUSH = "notify.push"
LIVE_BATCH = "notify.push_live"
LETTER = "notify.letter"
LIVE_LETTERS = "notify.letters_live"


def of_line(tx: Connection, person: PersonId, line: str, now: datetime) -> None:
    """Has a line pushed to all devices of somebody, once for all that comes in it within a while."""
    due_at = push_at(now, store.pushed_at(tx, line))
    for device in devices.of(tx, person):
        due = max(due_at, device.quiet_until or due_at)
        # In place of a row that may be under way: what goes out last says all.
        outbox.schedule(tx, f"{PUSH}:{line}:{device.id}", PUSH, {"device": device.id, "line": line}, due)


def of_message(tx: Connection, person: PersonId, message: str, now: datetime) -> None:
    """Has a message pushed to all devices of somebody."""
    for device in devices.of(tx, person):
        due = max(now, device.quiet_until or now)
        outbox.put(tx, f"{PUSH}:m{message}:{device.id}", PUSH, {"device": device.id, "message": message}, due)


def of_live(tx: Connection, space: str, host: PersonId, now: datetime) -> None:
    """Has all followers of a host told that they are live, batch by batch."""
    next_batch(tx, {"space": space, "host": host, "after": None}, now)
    next_letters(tx, {"space": space, "host": host, "after": "0"}, now)


def of_space(tx: Connection, space: str, device: str, due_at: datetime) -> None:
    """Has one device told later that somebody is live: its push service was busy."""
    outbox.put(tx, f"{PUSH}:s{space}:{device}", PUSH, {"device": device, "space": space}, due_at)


def next_batch(tx: Connection, payload: Payload, now: datetime) -> None:
    """The batch after the one that ended at `payload["after"]`."""
    at = "".join(f":{part}" for part in payload["after"] or ())
    outbox.put(tx, f"{LIVE_BATCH}:{payload['space']}{at}", LIVE_BATCH, payload, now)


def letter(tx: Connection, person: PersonId, kind: Kind, now: datetime) -> None:
    """Has somebody written to, with all that is new by then."""
    box = mailbox.of(tx, person)
    if box.takes:
        due_at = letter_at(kind, box.rhythm, now, box.mailed_at)
        outbox.put_by(tx, f"{LETTER}:{person}", LETTER, {"person": person}, due_at)


def next_letters(tx: Connection, payload: Payload, now: datetime) -> None:
    """The batch of letters after the one that ended at `payload["after"]`."""
    outbox.put(tx, f"{LIVE_LETTERS}:{payload['space']}:{payload['after']}", LIVE_LETTERS, payload, now)

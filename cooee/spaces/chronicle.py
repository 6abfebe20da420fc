"""What is written down of a Space while it happens: who spoke, and what was done by and to whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, func, or_, select

from cooee.kit.db import insert_new
from cooee.kit.ids import Ids
from cooee.kit.pages import Asking
from cooee.people.ids import PersonId
from cooee.spaces import events
from cooee.spaces.events import Event
from cooee.spaces.state import SpaceId
from cooee.spaces.tables import log, speakers

Deed = Literal[
    "muted",
    "asked_to_unmute",
    "brought_on_stage",
    "moved",
    "declined",
    "invited",
    "invitation_withdrawn",
    "removed",
    "let_back",
    "moderator_let_in",
    "moderator_let_out",
    "cohost_named",
    "cohost_withdrawn",
    "host_changed",
    "policy",
    "title",
    "topics",
    "locked",
    "slow_mode",
    "guests",
    "message_removed",
    "message_released",
    "post_pinned",
    "post_unpinned",
    "post_taken_out",
    "recording_started",
    "recording_stopped",
    "ended",
]

_DEEDS: Mapping[type[Event], Deed] = {
    events.MutedByHost: "muted",
    events.AskedToUnmute: "asked_to_unmute",
    events.Seated: "brought_on_stage",
    events.Unseated: "moved",
    events.RequestDeclined: "declined",
    events.Invited: "invited",
    events.InvitationWithdrawn: "invitation_withdrawn",
    events.Removed: "removed",
    events.LetBack: "let_back",
    events.ModeratorLetIn: "moderator_let_in",
    events.ModeratorLetOut: "moderator_let_out",
    events.CohostNamed: "cohost_named",
    events.CohostWithdrawn: "cohost_withdrawn",
    events.HostChanged: "host_changed",
    events.PolicySet: "policy",
    events.TitleSet: "title",
    events.TopicsSet: "topics",
    events.LockSet: "locked",
    events.SlowModeSet: "slow_mode",
    events.GuestsSet: "guests",
    events.RecordingStarted: "recording_started",
    events.RecordingStopped: "recording_stopped",
    events.Ended: "ended",
}
# Of these, only what one person does to another is anybody else's business.
_TO_OTHERS = (events.Seated, events.Unseated)
_DETAILS = ("policy", "title", "locked", "seconds", "reason", "cohost", "failed", "guests")
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log: `by` is None for what nobody did, and for those who are gone, as is `person`."""

    id: str
    at: datetime
    by: PersonId | None
    person: PersonId | None
    what: Deed
    details: Mapping[str, Any]


def note(
    tx: Connection, ids: Ids, space: SpaceId, happened: Iterable[Event], by: PersonId | None, now: datetime
) -> None:
    """Writes down what happened by somebody's command, or by nobody's."""
    for event in happened:
        if isinstance(event, events.MicrophoneOpened):
            insert_new(tx, speakers, {"space_id": space, "person_id": event.person, "at": now})
        person: PersonId | None = getattr(event, "person", None)
        what = _DEEDS.get(type(event))
        if what is None or (isinstance(event, _TO_OTHERS) and by in (None, person)):
            continue
        details = {name: getattr(event, name) for name in _DETAILS if hasattr(event, name)}
        add(tx, ids, space, what, by, person, now, details)


def add(
    tx: Connection,
    ids: Ids,
    space: SpaceId,
    what: Deed,
    by: PersonId | None,
    person: PersonId | None,
    now: datetime,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Writes one line, below all that stand: what happened in one millisecond keeps its order."""
    row = {"space_id": space, "at": now, "by_id": by, "person_id": person, "what": what, "details": details or {}}
    last = tx.execute(select(func.max(log.c.id)).where(log.c.space_id == space)).scalar()
    for turn in range(1, _TRIES + 1):
        id = max(int(ids.decimal()), int(last or 0) + turn)
        if insert_new(tx, log, {"id": str(id), **row}):
            return
    raise AssertionError("22 random bits do not collide five times in a row")


def page(tx: Connection, space: SpaceId, asking: Asking) -> list[Entry]:
    """The log, the latest first; one more than asked for, if there is one."""
    # Taking one's own post out is nobody else's business; the replay has to know of it.
    told = or_(log.c.what != "post_taken_out", log.c.by_id.is_distinct_from(log.c.person_id))
    query = select(log).where(log.c.space_id == space, told).order_by(log.c.id.desc()).limit(asking.limit + 1)
    if numbers := asking.numbers(1):
        query = query.where(log.c.id < str(numbers[0]))
    return [_entry(row) for row in tx.execute(query)]


def pins(tx: Connection, space: SpaceId) -> list[tuple[datetime, str]]:
    """When which post was pinned, in the order of time; but for those that were taken out of the room."""
    query = select(log).where(log.c.space_id == space, log.c.what.in_(("post_pinned", "post_taken_out")))
    known = [entry for entry in map(_entry, tx.execute(query.order_by(log.c.id))) if "post" in entry.details]
    out = {entry.details["post"] for entry in known if entry.what == "post_taken_out"}
    return [(entry.at, entry.details["post"]) for entry in known if entry.details["post"] not in out]


def spoke(tx: Connection, space: SpaceId) -> list[PersonId]:
    """Who opened the microphone, in the order in which they first did."""
    query = (
        select(speakers.c.person_id).where(speakers.c.space_id == space).order_by(speakers.c.at, speakers.c.person_id)
    )
    return [PersonId(person) for person in tx.execute(query).scalars()]


def _entry(row: Row[tuple[Any, ...]]) -> Entry:
    return Entry(row.id, row.at, row.by_id, row.person_id, row.what, row.details)

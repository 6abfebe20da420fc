"""How a replay comes to be, and what becomes of the sound that nodes still hold: one unit of work each.

Until a replay is made, its sound lies on the disk of the node that wrote it, and nowhere else. Any node may be asked to
make it; who holds nothing of it leaves it to the others. Is nobody there who does, the replay is *missing*: it is made
when that node comes back, unless it was deleted or its time is over by then.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection

from cooee.captions import service as consents
from cooee.captions import store as captions
from cooee.kit import outbox
from cooee.kit.clock import to_ms
from cooee.recordings import rules, service, store
from cooee.recordings.rules import MOST_PINS, Part, Pin, Words
from cooee.recordings.service import EXPIRE, Archive
from cooee.recordings.store import Recording, Track
from cooee.spaces import chronicle, facts
from cooee.spaces import store as space_store
from cooee.spaces.state import Space, SpaceId

AWAY = timedelta(minutes=10)
"""So long after the end nobody says that a replay is missing: a node that was started anew is back by then."""

Fate = Literal["kept", "to make", "gone"]


def begin(tx: Connection, archive: Archive, id: SpaceId, now: datetime) -> Recording | None:
    """A replay is to be made; None if none is: its Space was removed by moderators, or is gone, or its recording is.

    Nor is one made of what would have been deleted by now.
    """
    space = space_store.space(tx, id)
    if space is None or space.ended is None or space.ended.reason == "moderated":
        captions.take_recorded(tx, id)
        return None
    if not outbox.waits(tx, f"{facts.RECORDED}:{id}"):
        # It was deleted before anybody began.
        return None
    if now >= space.ended.at + archive.kept_for:
        service.delete(tx, id, now)
        return None
    store.begin(tx, Recording(id, space.owner, archive.house.ids.token()[:22], now))
    return store.recording(tx, id)


def note_files(tx: Connection, begun: Recording, tracks: Sequence[Track]) -> bool:
    """Says which files are about to be kept, so that whoever deletes the recording meanwhile deletes them all.

    False if it was deleted already, or somebody else has made it.
    """
    found = store.for_change(tx, begun.space)
    if found is None or (found.token, found.state) != (begun.token, "making"):
        return False
    store.set_tracks(tx, begun.space, tracks)
    return True


def finish(tx: Connection, archive: Archive, made: Recording, parts: Sequence[Part], now: datetime) -> Recording | None:
    """The files are there; None if it was deleted meanwhile.

    Captions of what was recorded are the replay's now, but for the words of those who do not agree any more.
    """
    expires_at = now + archive.kept_for
    pinned = ((rules.place(to_ms(at), parts), post) for at, post in chronicle.pins(tx, made.space))
    pins = tuple(Pin(at_ms, post) for at_ms, post in pinned if at_ms is not None)
    ready = replace(made, state="ready", expires_at=expires_at, pins=pins[:MOST_PINS])
    lines = captions.take_recorded(tx, made.space)
    # Asked once the lines are ours: whoever took it back before has taken them, too.
    agreed = consents.may_hear(tx, {line.person for line in lines})
    said = [Words(line.person, to_ms(line.at), line.lasted_ms, line.text) for line in lines if line.person in agreed]
    if not store.finish(tx, ready, rules.cues(said, parts, made.duration_ms)):
        return None
    outbox.schedule(tx, f"{EXPIRE}:{made.space}", EXPIRE, {"space": made.space}, expires_at)
    return ready


def may_be_elsewhere(tx: Connection, id: SpaceId, now: datetime) -> bool:
    """Whether another node may yet make what this one holds nothing of; from some minutes after the end on, none."""
    space, found = space_store.space(tx, id), store.recording(tx, id)
    if space is None or space.ended is None or (found is not None and found.state == "ready"):
        return False
    return now < space.ended.at + AWAY


def miss(tx: Connection, archive: Archive, id: SpaceId, now: datetime) -> None:
    """No node that runs holds anything of it."""
    begun = begin(tx, archive, id, now)
    space = space_store.space(tx, id)
    if begun is None or begun.state != "making" or space is None or space.ended is None:
        return
    expires_at = space.ended.at + archive.kept_for
    store.set_state(tx, replace(begun, state="missing", expires_at=expires_at))
    outbox.schedule(tx, f"{EXPIRE}:{id}", EXPIRE, {"space": id}, expires_at)


def fate(tx: Connection, archive: Archive, id: SpaceId, now: datetime) -> Fate:
    """What is to become of sound that a node holds of a Space; what was missing is made from now on."""
    space, found = space_store.space(tx, id), store.recording(tx, id)
    if space is not None and _is_wanted(tx, space):
        return "kept"
    if space is None or space.ended is None or found is None or found.state != "missing":
        return "gone"
    if now >= space.ended.at + archive.kept_for:
        return "gone"
    store.set_state(tx, replace(found, state="making", expires_at=None))
    outbox.take_back(tx, f"{EXPIRE}:{id}")
    outbox.put(tx, f"{facts.RECORDED}:{id}", facts.RECORDED, {"space": id}, now)
    return "to make"


def _is_wanted(tx: Connection, space: Space) -> bool:
    return space.ended is None or outbox.waits(tx, f"{facts.RECORDED}:{space.id}")

"""Reading and writing recordings."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, insert, select, update

from cooee.kit.db import insert_new
from cooee.people import relations
from cooee.people.ids import PersonId
from cooee.recordings.rules import Chapter, Cue, Pin
from cooee.recordings.tables import clips, recording_captions, recording_tracks, recordings
from cooee.spaces.state import SpaceId
from cooee.spaces.tables import spaces

KIND = "recordings"
CLIPS = "clips"


@dataclass(frozen=True, slots=True)
class Recording:
    """What is kept of a Space."""

    space: SpaceId
    owner: PersonId
    token: str
    made_at: datetime
    state: Literal["making", "missing", "ready"] = "making"
    expires_at: datetime | None = None
    duration_ms: int = 0
    size: int = 0
    peaks: tuple[int, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    pins: tuple[Pin, ...] = ()

    @property
    def key(self) -> str:
        """Where the mix is kept."""
        return f"{KIND}/{self.space}.{self.token}.ogg"

    @property
    def levels_key(self) -> str:
        """Where it is kept how loud the mix is: a byte, 0 to 100, for each `LEVEL_MS`."""
        return f"{KIND}/{self.space}.{self.token}.levels"

    def track_key(self, person: PersonId) -> str:
        """Where a speaker's own track is kept."""
        return f"{KIND}/{self.space}.{self.token}.{person}.ogg"


@dataclass(frozen=True, slots=True)
class Track:
    person: PersonId
    size: int


@dataclass(frozen=True, slots=True)
class Clip:
    """A piece of a replay."""

    id: str
    space: SpaceId
    by: PersonId
    title: str
    start_ms: int
    duration_ms: int
    at: datetime
    peaks: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        return clip_key(self.id)


def clip_key(id: str) -> str:
    """Where a clip is kept."""
    return f"{CLIPS}/{id}.ogg"


def begin(tx: Connection, recording: Recording) -> None:
    """Notes that a replay is being made; one that is known stays as it is."""
    insert_new(tx, recordings, {**_values(recording), "space_id": recording.space, "owner_id": recording.owner})


def recording(tx: Connection, space: SpaceId) -> Recording | None:
    row = tx.execute(select(recordings).where(recordings.c.space_id == space)).one_or_none()
    return None if row is None else _recording(row)


def for_change(tx: Connection, space: SpaceId) -> Recording | None:
    """The recording, which nobody else changes until this transaction ends."""
    row = tx.execute(select(recordings).where(recordings.c.space_id == space).with_for_update()).one_or_none()
    return None if row is None else _recording(row)


def set_tracks(tx: Connection, space: SpaceId, tracks: Sequence[Track]) -> None:
    """Who has a track of their own, in place of what was noted before."""
    tx.execute(delete(recording_tracks).where(recording_tracks.c.space_id == space))
    if tracks:
        rows = [{"space_id": space, "person_id": track.person, "size": track.size} for track in tracks]
        tx.execute(insert(recording_tracks), rows)


def set_state(tx: Connection, known: Recording) -> bool:
    """Writes what is known of it now; False if it was deleted meanwhile."""
    mine = (recordings.c.space_id == known.space, recordings.c.token == known.token)
    return tx.execute(update(recordings).where(*mine).values(_values(known))).rowcount == 1


def finish(tx: Connection, made: Recording, cues: Sequence[Cue]) -> bool:
    """The files are there; False if it was deleted meanwhile, and they are not to be kept."""
    if not set_state(tx, made):
        return False
    if cues:
        words = [
            {
                "number": number,
                "person_id": cue.person,
                "start_ms": cue.start_ms,
                "end_ms": cue.end_ms,
                "text": cue.text,
            }
            for number, cue in enumerate(cues, start=1)
        ]
        tx.execute(insert(recording_captions), [{"space_id": made.space, **each} for each in words])
    return True


def forget(tx: Connection, space: SpaceId) -> None:
    """Deletes what is known of a recording, its tracks, captions and clips."""
    for table in (clips, recording_captions, recording_tracks, recordings):
        tx.execute(delete(table).where(table.c.space_id == space))


def ready(tx: Connection, ids: Collection[SpaceId]) -> dict[SpaceId, int]:
    """How long the replays of these Spaces are, in milliseconds; of those that have one."""
    if not ids:
        return {}
    query = select(recordings.c.space_id, recordings.c.duration_ms)
    rows = tx.execute(query.where(recordings.c.space_id.in_(set(ids)), recordings.c.state == "ready"))
    return {row.space_id: row.duration_ms for row in rows}


def of_owner(tx: Connection, owner: PersonId) -> list[Recording]:
    """All of somebody's Spaces, the latest first."""
    rows = tx.execute(
        select(recordings).where(recordings.c.owner_id == owner).order_by(recordings.c.made_at.desc())
    ).all()
    return [_recording(row) for row in rows]


def public_of(tx: Connection, owner: PersonId, most: int) -> list[Recording]:
    """The replays of somebody's public Spaces, the latest first."""
    query = (
        select(recordings)
        .join(spaces, spaces.c.id == recordings.c.space_id)
        .where(recordings.c.owner_id == owner, recordings.c.state == "ready", spaces.c.audience == "public")
        .where(relations.present(recordings.c.owner_id))
        .order_by(recordings.c.made_at.desc())
        .limit(most)
    )
    return [_recording(row) for row in tx.execute(query).all()]


def tracks(tx: Connection, space: SpaceId) -> list[Track]:
    """Who has a track of their own."""
    query = select(recording_tracks).where(recording_tracks.c.space_id == space).order_by(recording_tracks.c.person_id)
    return [Track(row.person_id, row.size) for row in tx.execute(query)]


def tracks_with(tx: Connection, person: PersonId) -> list[tuple[Recording, Track]]:
    """Somebody's own voice, wherever it is kept by itself."""
    query = (
        select(recordings, recording_tracks.c.person_id, recording_tracks.c.size.label("track_size"))
        .join(recording_tracks, recording_tracks.c.space_id == recordings.c.space_id)
        .where(recording_tracks.c.person_id == person)
        .order_by(recordings.c.made_at)
    )
    return [(_recording(row), Track(row.person_id, row.track_size)) for row in tx.execute(query)]


def cues(tx: Connection, space: SpaceId, viewer: PersonId | None) -> list[Cue]:
    """What is read with a replay, but for the words of those whom `viewer` hid."""
    query = select(recording_captions).where(recording_captions.c.space_id == space)
    if viewer is not None:
        query = query.where(~relations.hidden_from(viewer, recording_captions.c.person_id))
    return [_cue(row) for row in tx.execute(query.order_by(recording_captions.c.number))]


def has_cues(tx: Connection, space: SpaceId) -> bool:
    """Whether anything is to be read with a replay."""
    query = select(recording_captions.c.number).where(recording_captions.c.space_id == space).limit(1)
    return tx.execute(query).one_or_none() is not None


def cues_by(tx: Connection, person: PersonId) -> list[tuple[SpaceId, Cue]]:
    """What somebody said, wherever it is written with a replay."""
    query = select(recording_captions).where(recording_captions.c.person_id == person)
    rows = tx.execute(query.order_by(recording_captions.c.space_id, recording_captions.c.number))
    return [(SpaceId(row.space_id), _cue(row)) for row in rows]


def forget_cues_by(tx: Connection, person: PersonId) -> None:
    """Deletes what somebody said from all that is read with replays."""
    tx.execute(delete(recording_captions).where(recording_captions.c.person_id == person))


def insert_clip(tx: Connection, clip: Clip) -> None:
    values = {"space_id": clip.space, "by_id": clip.by, "title": clip.title, "at": clip.at}
    lies = {"start_ms": clip.start_ms, "duration_ms": clip.duration_ms, "peaks": list(clip.peaks)}
    tx.execute(insert(clips).values(id=clip.id, **lies, **values))


def clip(tx: Connection, id: str) -> Clip | None:
    row = tx.execute(select(clips).where(clips.c.id == id)).one_or_none()
    return None if row is None else _clip(row)


def clips_of(tx: Connection, space: SpaceId) -> list[Clip]:
    """The clips of a replay, in its order."""
    query = select(clips).where(clips.c.space_id == space).order_by(clips.c.start_ms, clips.c.id)
    return [_clip(row) for row in tx.execute(query)]


def clips_by(tx: Connection, person: PersonId) -> list[Clip]:
    """The clips that somebody made."""
    return [_clip(row) for row in tx.execute(select(clips).where(clips.c.by_id == person).order_by(clips.c.at))]


def forget_clip(tx: Connection, id: str) -> None:
    tx.execute(delete(clips).where(clips.c.id == id))


def _values(recording: Recording) -> dict[str, object]:
    return {
        "state": recording.state,
        "token": recording.token,
        "made_at": recording.made_at,
        "expires_at": recording.expires_at,
        "duration_ms": recording.duration_ms,
        "size": recording.size,
        "peaks": list(recording.peaks),
        "chapters": {
            "at_ms": [chapter.at_ms for chapter in recording.chapters],
            "people": [chapter.person for chapter in recording.chapters],
            "pins_at_ms": [pin.at_ms for pin in recording.pins],
            "posts": [pin.post for pin in recording.pins],
        },
    }


def _recording(row: Row[Any]) -> Recording:
    return Recording(
        space=row.space_id,
        owner=row.owner_id,
        token=row.token,
        made_at=row.made_at,
        state=row.state,
        expires_at=row.expires_at,
        duration_ms=row.duration_ms,
        size=row.size,
        peaks=tuple(row.peaks),
        chapters=tuple(map(Chapter, row.chapters.get("at_ms", ()), row.chapters.get("people", ()))),
        pins=tuple(map(Pin, row.chapters.get("pins_at_ms", ()), row.chapters.get("posts", ()))),
    )


def _cue(row: Row[Any]) -> Cue:
    return Cue(row.person_id, row.start_ms, row.end_ms, row.text)


def _clip(row: Row[Any]) -> Clip:
    return Clip(row.id, row.space_id, row.by_id, row.title, row.start_ms, row.duration_ms, row.at, tuple(row.peaks))

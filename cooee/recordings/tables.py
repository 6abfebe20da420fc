"""What was recorded, each speaker's own track, what they said in writing, and clips."""

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, Table, Text

from cooee.kit.columns import DecimalId, UtcTime, text_id
from cooee.kit.db import metadata

recordings = Table(
    "recordings",
    metadata,
    Column("space_id", text_id(), ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True),
    Column("owner_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    # `making` until the files are there, then `ready`; `missing` while no node that runs holds the sound.
    Column("state", Text, nullable=False),
    # Part of the names of its files: nobody guesses it, and none of them is ever used for another recording.
    Column("token", text_id(), nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
    Column("duration_ms", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("peaks", JSON, nullable=False),
    # `{at_ms: […], people: […], pins_at_ms: […], posts: […]}`
    Column("chapters", JSON, nullable=False),
    Index("ix_recordings_owner_id", "owner_id", "made_at"),
)

recording_tracks = Table(
    "recording_tracks",
    metadata,
    Column("space_id", text_id(), ForeignKey("recordings.space_id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Index("ix_recording_tracks_person_id", "person_id"),
)

recording_captions = Table(
    "recording_captions",
    metadata,
    Column("space_id", text_id(), ForeignKey("recordings.space_id", ondelete="CASCADE"), primary_key=True),
    # 1, 2, 3… in the order of the replay.
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    # When in the replay.
    Column("start_ms", Integer, nullable=False),
    Column("end_ms", Integer, nullable=False),
    Column("text", Text, nullable=False),
)

clips = Table(
    "clips",
    metadata,
    Column("id", text_id(), primary_key=True),
    Column("space_id", text_id(), ForeignKey("recordings.space_id", ondelete="CASCADE"), nullable=False),
    Column("by_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("title", Text, nullable=False),
    Column("start_ms", Integer, nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("peaks", JSON, nullable=False),
    Index("ix_clips_space_id", "space_id"),
    Index("ix_clips_by_id", "by_id"),
)

"""Replays and clips, as they go over the wire."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from cooee.kit.pages import Asked, Shape, Timestamp
from cooee.people.shapes import Person
from cooee.recordings.rules import LONGEST_CLIP
from cooee.spaces.shapes import Title
from cooee.spaces.state import Audience


class ChapterInReplay(Shape):
    """From when on somebody has the word."""

    at_ms: int
    person: Person


class PinInReplay(Shape):
    """From when on a post stood above the others."""

    at_ms: int
    post_id: str
    author: Person
    text: str


class TrackOfReplay(Shape):
    """One speaker by themselves."""

    person: Person
    size: int
    audio_url: str


class Clip(Shape):
    """A piece of a replay, of at most a minute."""

    id: str
    title: str
    space_id: str
    space_title: str
    host: Person
    by: Person | None = Field(description="Who cut it; null: they are gone")
    start_ms: int
    duration_ms: int
    at: Timestamp
    audio_url: str
    peaks: tuple[int, ...] = Field(
        description="The loudest, 0 to 100, of each of so many equal spans; none in a list of clips"
    )
    mine: bool = Field(description="Whether the one who asks may delete it")


class Replay(Shape):
    """What is kept of a Space that was recorded."""

    space_id: str
    title: str
    audience: Audience
    host: Person
    state: Literal["ready"] = "ready"
    started_at: Timestamp
    duration_ms: int
    size: int
    audio_url: str
    peaks: tuple[int, ...] = Field(description="The loudest, 0 to 100, of each of so many equal spans")
    language: str = Field(description="What is spoken; empty: nobody said")
    captions_url: str | None = Field(description="What was said, as WebVTT; null: nothing of it was written down")
    chapters: tuple[ChapterInReplay, ...]
    pins: tuple[PinInReplay, ...] = Field(
        description="Posts that were pinned, as far as one may read them; none for guests"
    )
    expires_at: Timestamp = Field(description="When it is deleted, unless its host does so before")
    mine: bool = Field(description="Whether the one who asks may delete it")
    tracks: tuple[TrackOfReplay, ...] = Field(description="One for each speaker: for the host")
    clips: tuple[Clip, ...]


class MakeClip(Asked):
    """Which piece."""

    start_ms: int = Field(ge=0)
    length_ms: int = Field(ge=1_000, le=int(LONGEST_CLIP.total_seconds() * 1000))
    title: Title = Field("", description="Empty, it is called like its Space")


def audio_url(space: str) -> str:
    """Where a replay is heard."""
    return f"/api/v1/spaces/{space}/replay/audio"


def captions_url(space: str) -> str:
    """Where a replay is read."""
    return f"/api/v1/spaces/{space}/replay/captions"


def clip_audio_url(id: str) -> str:
    """Where a clip is heard."""
    return f"/api/v1/clips/{id}/audio"


def clip_card_url(id: str) -> str:
    """Where its picture is."""
    return f"/api/v1/clips/{id}/card.png"


def rfc822(moment: datetime) -> str:
    """As feeds write a time."""
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{days[moment.weekday()]}, {moment.day:02} {months[moment.month - 1]} {moment:%Y %H:%M:%S} +0000"

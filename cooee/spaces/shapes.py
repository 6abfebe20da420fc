"""Spaces as they go over the wire."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from cooee.kit.ids import DECIMAL_PATTERN
from cooee.kit.pages import Asked, AskedTime, Shape, Timestamp
from cooee.kit.text import at_most, clean_line
from cooee.kit.zones import Zone
from cooee.messages.shapes import MessageText
from cooee.people.cards import SpaceCard
from cooee.people.shapes import Language, Person
from cooee.spaces.state import (
    MAX_INVITED_AT_ONCE,
    MAX_QUESTION,
    MAX_SLOW_MODE_S,
    MAX_TITLE,
    MAX_TOPICS,
    Audience,
    EndReason,
    Policy,
    Role,
)

Emoji = Literal["💜", "😂", "👏", "✋", "💯", "👋"]
State = Literal["live", "ended"]

Title = Annotated[
    str,
    Field(max_length=4 * MAX_TITLE),
    AfterValidator(clean_line),
    AfterValidator(at_most(MAX_TITLE)),
]
Topic = Annotated[
    str, Field(max_length=100), AfterValidator(clean_line), AfterValidator(at_most(30)), StringConstraints(min_length=1)
]
# JSON has no tuples: a list is taken for one.
Topics = Annotated[tuple[Topic, ...], Field(max_length=MAX_TOPICS, strict=False)]
Question = Annotated[
    str, Field(max_length=4 * MAX_QUESTION), AfterValidator(clean_line), AfterValidator(at_most(MAX_QUESTION))
]


class NewSpace(Asked):
    """A Space that starts now, or is announced for later."""

    title: Title | None = Field(None, description="Left out or empty, it is named after its host")
    topics: Topics = ()
    language: Language | None = Field(None, description="Left out, the host's")
    policy: Policy = Field("invited", description="Who speaks without being asked or accepted")
    audience: Audience = Field("public", description="Who finds it and may come in")
    guests: bool = Field(True, description="Whether people without an account may listen")
    record: bool = Field(False, description="Whether it is recorded from its beginning")
    scheduled_start: AskedTime | None = Field(None, description="When it is to begin; left out, it begins now")
    zone: Zone = Field("UTC", description="The time zone in which the host thinks of that time")


class ChangeSpace(Asked):
    """What changes; the rest stays."""

    title: Title | None = Field(None, description="Empty, it is named after its host")
    topics: Topics | None = None
    policy: Policy | None = None
    locked: bool | None = None
    guests: bool | None = Field(None, description="Whether people without an account may listen")
    slow_mode_s: int | None = Field(None, ge=0, le=MAX_SLOW_MODE_S, description="Between two messages of one person")


class AskToSpeakBody(Asked):
    """A wish to speak."""

    question: Question | None = None


class SetMicrophoneBody(Asked):
    """One's own microphone."""

    muted: bool


class SetRecordingBody(Asked):
    """Whether it is recorded from now on."""

    on: bool


class React(Asked):
    """One of six."""

    emoji: Emoji


class InviteByMessage(Asked):
    """Whom to send the Space's card."""

    people: Annotated[tuple[Annotated[str, Field(pattern=DECIMAL_PATTERN)], ...], Field(strict=False)] = Field(
        min_length=1, max_length=MAX_INVITED_AT_ONCE, description="Ids of people"
    )
    text: MessageText = Field("", description="What one says with it")


class NotInvited(Shape):
    """Whom the message did not reach, and why."""

    person: str
    code: str = Field(description="As in a problem document")
    title: str


class Invitations(Shape):
    """What became of invitations by message."""

    invited: tuple[str, ...] = Field(description="Who has one now, also from before")
    refused: tuple[NotInvited, ...]


class Microphone(Shape):
    """One's own microphone, as it is now."""

    muted: bool
    version: int
    """The Space's: a frame of an older one, still on its way, says nothing of it."""


class Asking(Shape):
    """What became of a request: a seat, or a place in the queue."""

    seated: bool
    place: int | None = Field(description="From 1; null when seated")


class Seat(Shape):
    """One place on stage."""

    person: Person
    role: Role
    muted: bool
    held: bool = Field(description="Muted by a host, who alone lifts it")
    csrc: int = Field(description="Names this person in RTP and in levels")
    connected: bool = Field(description="Whether a speak session is connected")


class Stage(Shape):
    """What everyone in a Space sees of it, but for the audience."""

    id: str
    title: str
    topics: tuple[str, ...]
    language: str
    state: State
    audience: Audience
    policy: Policy
    guests: bool
    locked: bool
    slow_mode_s: int = Field(description="How long one waits from one message to the next; hosts do not")
    seats: int
    host: Person
    recording_since: Timestamp | None = Field(description="Since when what is said is recorded; null: it is not")
    recorded: bool = Field(description="Whether something of it was recorded, now or before: a replay is to come")
    host_away_until: Timestamp | None = Field(description="When it ends unless the host comes back")
    heir: Person | None = Field(None, description="The co-host who becomes host unless the host comes back before")
    heir_at: Timestamp | None = Field(None, description="When")
    started_at: Timestamp
    ended_at: Timestamp | None
    end_reason: EndReason | None
    version: int
    stage: tuple[Seat, ...]


class Listening(Shape):
    """Who listens: how many in all, some of those who have an account, and all who are here as moderators."""

    listeners: int
    listening: tuple[Person, ...]
    moderators: tuple[Person, ...]


class Space(Stage, Listening):
    """A Space."""


class Waiting(Shape):
    """One request in the hosts' queue."""

    person: Person
    question: str | None
    at: Timestamp


class Queue(Shape):
    """What hosts see besides."""

    requests: tuple[Waiting, ...]
    invited: tuple[Person, ...]


class PeopleInSpace(Shape):
    """People of one Space, all of them."""

    items: list[Person]


class Own(Shape):
    """What one person sees of themselves."""

    role: Role
    muted: bool
    held: bool
    place: int | None = Field(description="The place of one's request in the queue, from 1")
    invited: bool
    asked_to_unmute: bool
    streaming: bool = Field(description="A program speaks for them, by a stream key: the microphone is the program's")
    session: str | None = Field(description="The speak session that is connected, on whichever of their devices")


class IceServer(Shape):
    """As `RTCIceServer` has it."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None


class Door(Shape):
    """Everything that a client needs to be in a Space. Each address opens one thing, once, until `expires_at`."""

    participant_id: str
    role: Role
    muted: bool
    session: str | None = Field(
        description="One's speak session that is connected, the last part of its `Location`: one speaks on that device"
    )
    space: Space
    blocked_on_stage: tuple[Person, ...] = Field(
        description="Whom of those on stage one has blocked: to be said before one hears them"
    )
    feed_url: str
    whep_url: str
    whip_url: str | None = Field(description="Only for people on stage")
    ice_servers: tuple[IceServer, ...]
    expires_at: Timestamp


class StreamKey(Shape):
    """Whether one has a key for this Space, and where a program goes with it."""

    address: str = Field(description="WHIP (RFC 9725); the key is the bearer token")
    made_at: Timestamp | None = Field(description="None: there is none")
    used_at: Timestamp | None


class NewStreamKey(StreamKey):
    """A key that was just made. It is told this once."""

    key: str


class FeedDoor(Shape):
    """Where one's own feed is."""

    feed_url: str


class Bubbles(Shape):
    """Public Spaces in which somebody one follows is on stage."""

    items: list[SpaceCard]

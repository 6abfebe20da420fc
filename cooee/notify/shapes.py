"""Notices as they go over the wire."""

from pydantic import Field

from cooee.kit.pages import Asked, AskedTime, Page, Shape, Timestamp
from cooee.notify.rules import Channel, Kind, Rhythm
from cooee.people.cards import SpaceCard
from cooee.people.shapes import Person


class Excerpt(Shape):
    """The beginning of a post."""

    id: str
    text: str


class Notice(Shape):
    """One line: the same thing, done by one person or many."""

    id: str
    kind: Kind
    at: Timestamp = Field(description="When the latest of them did it")
    unread: bool
    people: list[Person] = Field(description="Who did it: the latest few; nobody where the site itself says it")
    count: int = Field(ge=1, description="How many did it in all; counted up to 1000")
    post: Excerpt | None = Field(description="What was liked or passed on, or what answers or names one")
    space: SpaceCard | None
    title: str | None = Field(None, description="What a Space is called that is not shown because its host is hidden")


class NoticePage(Page[Notice]):
    """One page of notices, the latest first."""


class Unread(Shape):
    """What the badge says."""

    unread: int = Field(ge=0, description="Lines with something new, counted up to 100")


class ReadUpTo(Asked):
    """How far one has read. What comes later stays unread."""

    at: AskedTime = Field(description="`at` of the newest notice that was shown")


class Choice(Asked):
    """A kind switched on or off for one way of being told."""

    kind: Kind
    channel: Channel
    wanted: bool


class MailState(Shape):
    """Whether and how often letters come."""

    available: bool = Field(description="Whether this site sends e-mail at all")
    address: str | None = Field(description="Where they go: one's verified address")
    refused: bool = Field(description="The address's mail server said that nobody is there: nothing is sent any more")
    rhythm: Rhythm = Field(description="`soon`: at most one an hour; `daily`: at most one a day; invitations at once")


class ChooseRhythm(Asked):
    """How often letters may come."""

    rhythm: Rhythm


class Settings(Shape):
    """What one wants to hear of, and how that can reach one."""

    wishes: dict[Kind, dict[Channel, bool]]
    mail: MailState


class PushKeys(Asked):
    """By which the browser alone reads what is pushed to it, as its subscription says them."""

    p256dh: str = Field(min_length=1, max_length=200)
    auth: str = Field(min_length=1, max_length=100)


class NewSubscription(Asked):
    """Where this browser hears of notices, as its `PushSubscription` says it."""

    endpoint: str = Field(min_length=1, max_length=1000, examples=["https://push.example.org/abc"])
    keys: PushKeys


class Subscription(Shape):
    """A browser that is pushed to."""

    id: str
    browser: str | None
    system: str | None
    current: bool = Field(description="The one that asks")
    created_at: Timestamp
    reached_at: Timestamp | None = Field(description="When its push service last took something")


class Subscriptions(Shape):
    """Where one is pushed to."""

    key: str = Field(description="`applicationServerKey` of this instance")
    items: list[Subscription]


class PushedPerson(Shape):
    """Who did it."""

    username: str
    display_name: str
    picture_url: str | None


class Pushed(Shape):
    """What a browser is pushed, encrypted. Its service worker puts it into words."""

    tag: str = Field(description="Of two with the same tag the later stays")
    language: str
    kind: Kind
    at: Timestamp
    people: list[PushedPerson]
    count: int
    text: str | None = Field(description="What it is about: a post, a message, the title of a Space")
    starts_at: Timestamp | None = Field(None, description="Of a Space that is announced: when it begins")
    path: str = Field(description="Where a tap leads")

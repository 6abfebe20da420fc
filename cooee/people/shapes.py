"""People as they go over the wire."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from cooee.kit.pages import Asked, Page, Shape, Timestamp
from cooee.kit.text import at_most, clean_line, clean_text, seen
from cooee.kit.zones import Zone

DisplayName = Annotated[
    str,
    Field(max_length=100),
    AfterValidator(clean_line),
    AfterValidator(at_most(50)),
    StringConstraints(min_length=1),
    AfterValidator(seen),
]
Bio = Annotated[str, Field(max_length=400), AfterValidator(clean_text), AfterValidator(at_most(160))]
Language = Annotated[str, Field(max_length=20, pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", examples=["en", "pt-BR"])]
# Longer than any passphrase, short enough to be hashed at once.
Password = Annotated[str, Field(min_length=1, max_length=200)]
Username = Annotated[str, Field(min_length=1, max_length=40, examples=["amara"])]


class Person(Shape):
    """Somebody, as in lists and on stage."""

    id: str
    username: str
    display_name: str
    picture_url: str | None
    live_space: str | None = Field(description="The public Space in which this person is host or speaks right now")


class Ring(Shape):
    """Somebody is live: the purple ring stands around their face."""

    person: str
    space: str


class Rings(Shape):
    """Those of whom one asked who are live."""

    items: list[Ring]


class Relation(Shape):
    """How the one who asks stands to somebody."""

    following: bool
    followed_by: bool
    requested: bool = Field(description="Asked to follow, and waits for an answer")
    requested_by: bool = Field(description="They ask to follow")
    blocking: bool
    blocked_by: bool
    muting: bool = Field(description="They do not know")


class Known(Person):
    """Somebody in a list of people, as the one who asks stands to them."""

    protected: bool = Field(description="Only followers, whom they accept, read what they post")
    relation: Relation


class Profile(Known):
    """Somebody's page, as the one who asks sees it. Whom they blocked reads neither what they say
    of themselves nor where they are live."""

    suspended: bool = Field(description="Moderators have suspended the account; others than they see only its username")
    bio: str
    created_at: Timestamp
    followers: int
    following: int


class Me(Profile):
    """The one who asks."""

    language: str
    zone: str | None = Field(description="The time zone in which letters tell the time; null: it is not known")
    may_host: bool = Field(description="Whether this account may host a Space; else see `host_min_followers`")
    admin: bool
    moderator: bool = Field(description="Whether this account decides on reports; administrators do")
    follow_requests: int = Field(description="How many wait to be let follow")


class PersonPage(Page[Known]):
    """One page of people."""


class DemoSignIn(Asked):
    """Which of the demo's people one wants to be."""

    username: Username


class ChangeMe(Asked):
    """What changes; the rest stays."""

    display_name: DisplayName | None = None
    bio: Bio | None = None
    language: Language | None = None
    zone: Zone | None = Field(None, description="Told by the browser when one arranges something for a time")
    protected: bool | None = Field(None, description="Back to public, whoever waits to be let follow is let")


class Farewell(Shape):
    """The account is hidden."""

    erased_at: Timestamp = Field(description="Whoever signs in before has it back")


class DataExport(Shape):
    """The copy of one's data."""

    state: Literal["none", "making", "ready"]
    asked_at: Timestamp | None
    ready_at: Timestamp | None
    expires_at: Timestamp | None
    bytes: int | None

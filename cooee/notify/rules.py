"""What kinds of notice there are, how each may reach a person, and what stands in one line together. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from cooee.people.ids import PersonId

Kind = Literal[
    "live",
    "invited",
    "accepted",
    "follow",
    "follow_request",
    "follow_accepted",
    "mention",
    "reply",
    "like",
    "repost",
    "message",
    "soon",
    "due",
    "reminder",
    "moved",
    "canceled",
    "export",
]
Channel = Literal["in_app", "push", "mail"]

KINDS: tuple[Kind, ...] = get_args(Kind)
CHANNELS: tuple[Channel, ...] = get_args(Channel)

_OWN: frozenset[Kind] = frozenset({"soon", "due", "export"})
"""What one is told of one's own: a host is reminded of the Space that they announced."""

_QUIET_PUSH: frozenset[Kind] = frozenset({"like", "repost"})
# What a person would miss who does not look here every day, and somebody waits for.
_WORTH_A_LETTER: frozenset[Kind] = frozenset(
    {"invited", "follow_request", "message", "soon", "reminder", "moved", "canceled", "export"}
)


def offered(kind: Kind, channel: Channel) -> bool:
    """Whether there is such a thing: messages are read where messages are, not among the notices."""
    return not (kind == "message" and channel == "in_app")


def wanted_by_default(kind: Kind, channel: Channel) -> bool:
    """What whoever has chosen nothing gets."""
    match channel:
        case "in_app":
            return offered(kind, channel)
        case "push":
            return kind not in _QUIET_PUSH
        case "mail":
            return kind in _WORTH_A_LETTER


@dataclass(frozen=True, slots=True)
class News:
    """Something that somebody did and somebody else may want to hear of."""

    kind: Kind
    person: PersonId
    """Who hears of it."""
    by: PersonId
    post: str | None = None
    space: str | None = None
    turn: int | None = None
    """Which of several like it, where the same can happen again: a Space is moved twice."""

    @property
    def key(self) -> str:
        """The same for the same deed: whoever likes, takes it back and likes again is told of once."""
        return ":".join(
            str(part) for part in (self.kind, self.post, self.space, self.by, self.turn) if part is not None
        )


def concerns(news: News) -> bool:
    """Whether a person is told of it at all: of one's own deeds one knows."""
    return news.by != news.person or news.kind in _OWN


def line(news: News, now: datetime) -> str:
    """What stands together in one line ("Amara and 3 others …"): one post's likes, one day's followers."""
    if news.kind == "follow_request":
        return news.kind
    return f"{news.kind}:{news.post or news.space or now.date().isoformat()}"

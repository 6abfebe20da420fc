"""What kinds of notice there are, how and when each may reach a person, and what stands in one line together. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
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
    "report_decided",
    "moderated",
    "ticket",
    "seat_free",
    "money_back",
    "payout_failed",
    "refund_failed",
    "refund_owed",
]
Channel = Literal["in_app", "push", "mail"]

KINDS: tuple[Kind, ...] = get_args(Kind)
CHANNELS: tuple[Channel, ...] = get_args(Channel)

_OWN: frozenset[Kind] = frozenset({"soon", "due", "export", "payout_failed", "refund_failed", "refund_owed"})
"""What one is told of one's own: a host is reminded of the Space that they announced."""

_QUIET_PUSH: frozenset[Kind] = frozenset({"like", "repost"})
# What a person would miss who does not look here every day, and somebody waits for.
_WORTH_A_LETTER: frozenset[Kind] = frozenset(
    {
        *("invited", "follow_request", "message", "soon", "reminder", "moved", "canceled", "export", "moderated"),
        *("ticket", "seat_free", "money_back", "payout_failed", "refund_failed", "refund_owed"),
    }
)

OFFICIAL: frozenset[Kind] = frozenset({"report_decided", "moderated"})
"""What the site itself says: nobody did it whose face could be shown."""


OUTLIVES: frozenset[Kind] = frozenset({"canceled", "money_back"})
"""What is told also of a host whose account is about to be erased, though not by name: it came of their going."""


UNHIDDEN: frozenset[Kind] = frozenset({"money_back"})
"""What is told also of whom one blocks, mutes, or is blocked by: money that comes back because of just that."""


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
    matter: str | None = None
    """What else it is about, where that tells one deed from another."""

    @property
    def key(self) -> str:
        """The same for the same deed: whoever likes, takes it back and likes again is told of once."""
        parts = (self.kind, self.post, self.space, self.matter, self.by, self.turn)
        return ":".join(str(part) for part in parts if part is not None)


def concerns(news: News) -> bool:
    """Whether a person is told of it at all: of one's own deeds one knows."""
    return news.by != news.person or news.kind in _OWN | OFFICIAL


def line(news: News, now: datetime) -> str:
    """What stands together in one line ("Amara and 3 others …"): one post's likes, one day's followers."""
    if news.kind == "follow_request":
        return news.kind
    return f"{news.kind}:{news.post or news.space or news.matter or now.date().isoformat()}"


PUSH_PAUSE = timedelta(minutes=5)
"""What comes in a line that was pushed waits that long: ten who like one post ring once or twice, not ten times."""

# A letter that is gathered for a quarter of an hour, or waits for an hour after another, would come after the start.
_URGENT: frozenset[Kind] = frozenset(
    {"live", "invited", "accepted", "message", "soon", "due", "reminder", "canceled", "seat_free"}
)


def urgent(kind: Kind) -> bool:
    """Whether somebody waits in this very moment: a phone is woken for it, and a letter does not wait for others."""
    return kind in _URGENT


def push_at(now: datetime, pushed_at: datetime | None) -> datetime:
    """When what has come in a line is pushed."""
    return now if pushed_at is None else max(now, pushed_at + PUSH_PAUSE)


Rhythm = Literal["soon", "daily"]
"""How often letters may come: what comes within a while in one letter, or all of a day."""

_GATHERED = timedelta(minutes=15)
_BETWEEN: Mapping[Rhythm, timedelta] = {"soon": timedelta(hours=1), "daily": timedelta(hours=24)}


def letter_at(kind: Kind, rhythm: Rhythm, now: datetime, mailed_at: datetime | None) -> datetime:
    """When a letter with news of this kind goes out, unless one that takes it along goes out before."""
    if urgent(kind) and kind != "message":
        return now
    first = now + (_BETWEEN["daily"] if rhythm == "daily" and mailed_at is None else _GATHERED)
    return first if mailed_at is None else max(first, mailed_at + _BETWEEN[rhythm])

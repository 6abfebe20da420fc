"""Who may write to whom, and as what the message arrives. Pure."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from cooee.messages.errors import (
    CorrespondentGone,
    CorrespondentSuspended,
    MessagesNotTaken,
    RequestWaiting,
    TooManyStrangers,
)
from cooee.messages.records import State, Writers

DAY = timedelta(days=1)

Stands = Literal["new", "open", "request", "waiting", "refused", "suspended", "gone"]
"""How a conversation stands for one of the two.

`request`: the other waits for one's answer. `waiting`: one waits for theirs. `refused`: they do not take one's
messages. `suspended`: moderators have suspended their account. `gone`: they deleted it.
"""


@dataclass(frozen=True)
class Recipient:
    """What decides whether somebody takes a message, as they stand to the one who writes."""

    gone: bool
    suspended: bool
    apart: bool
    """One of the two has blocked the other."""
    follows: bool
    """They follow the writer."""
    takes: Writers
    state: State
    """What the conversation is to them."""


def delivered(to: Recipient) -> Literal["open", "request"]:
    """As what a message arrives.

    Raises:
        CorrespondentGone, CorrespondentSuspended, MessagesNotTaken, RequestWaiting
    """
    if to.gone:
        raise CorrespondentGone
    if to.suspended:
        raise CorrespondentSuspended
    if to.apart or to.takes == "nobody":
        raise MessagesNotTaken
    if to.state == "open" or to.follows:
        return "open"
    if to.state in ("request", "declined"):
        # A declined request looks like one that waits: declining is silent.
        raise RequestWaiting
    if to.takes == "followed":
        raise MessagesNotTaken
    return "request"


def stands(mine: State, to: Recipient) -> Stands:
    """How a conversation stands for whom it is `mine` to, with the other as recipient."""
    try:
        delivered(to)
    except CorrespondentGone:
        return "gone"
    except CorrespondentSuspended:
        return "suspended"
    except MessagesNotTaken:
        return "refused" if mine != "request" or to.apart else "request"
    except RequestWaiting:
        return "request" if mine == "request" else "waiting"
    if mine == "request":
        return "request"
    return "open" if mine == "open" else "new"


@dataclass(frozen=True)
class Newcomers:
    """What accounts that are younger than `age` may do in a day."""

    age: timedelta
    strangers: int


def check_strangers(newcomers: Newcomers, joined: datetime, asked: list[datetime], now: datetime) -> None:
    """Whether somebody who joined then may write to one more stranger.

    `asked`: when they wrote to strangers within the last day, in any order.

    Raises:
        TooManyStrangers
    """
    if now - joined >= newcomers.age or len(asked) < newcomers.strangers:
        return
    recent = sorted(asked, reverse=True)
    # One more may be asked when the oldest of the last `strangers` is a day ago, or the account is old enough.
    free_at = recent[newcomers.strangers - 1] + DAY if newcomers.strangers else joined + newcomers.age
    wait = min(free_at, joined + newcomers.age) - now
    raise TooManyStrangers(max(1, math.ceil(wait.total_seconds())))

"""What selling is about: who may, for how much, whose share is what, who is next, and when money goes back. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from cooee.kit import money
from cooee.people.ids import PersonId
from cooee.tickets.errors import CannotSellYet, CountryNotPossible, NotPayable, PriceNotPossible

HOLD = timedelta(minutes=30)
"""How long a seat is kept for a buyer, or for whoever is next in line; Checkout allows no less."""

ABSENT = timedelta(minutes=15)
"""A host who is away for so long gives everybody their money back."""

RELEASED_AFTER = timedelta(hours=48)
"""How long after the end the host is paid out."""

MOST_PRICE = 999
"""In whole units of the currency."""

MOST_SEATS = 100_000
MOST_UNPAID = 5
"""How many seats and tips somebody may be paying for at the same time."""

BORDER_USD = 50_000_00
"""Cents of US dollars that a host earns at the smaller share."""

SMALL_SHARE = 3
LARGE_SHARE = 20

Kind = Literal["ticket", "tip"]
State = Literal["held", "paid", "refunding", "refunded", "expired", "void"]
Reason = Literal[
    "late",
    "over",
    "canceled",
    "lapsed",
    "host_absent",
    "host_gone",
    "moderated",
    "blocked",
    "host",
    "chargeback",
    "elsewhere",
    "too_short",
    "moved",
]

SEATED: frozenset[State] = frozenset({"held", "paid"})
"""Who has a seat, or one kept for them."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Who may sell, as the operator has set it."""

    min_followers: int = 1000
    min_spaces: int = 3
    everyone: bool = False
    least: timedelta = timedelta(minutes=15)
    """What a Space must last at least, from the time that was announced, for its tickets to be earned."""


@dataclass(frozen=True, slots=True)
class Seller:
    """What is asked about whoever wants to sell."""

    person: PersonId
    followers: int
    spaces: int
    """How many they held in the last 30 days."""
    admin: bool
    payable: bool
    """Whether their payout account takes money."""


def may_sell(terms: Terms, seller: Seller, *, included: bool) -> bool:
    """Whether this is somebody who sells, a payout account aside; `included` in the share that always may."""
    reached = seller.followers >= terms.min_followers and seller.spaces >= terms.min_spaces
    return seller.admin or terms.everyone or included or reached


def check_seller(terms: Terms, seller: Seller, *, included: bool) -> None:
    """Whether tickets may be offered now.

    Raises:
        CannotSellYet, NotPayable
    """
    if not may_sell(terms, seller, included=included):
        raise CannotSellYet(
            followers=seller.followers,
            followers_needed=terms.min_followers,
            spaces=seller.spaces,
            spaces_needed=terms.min_spaces,
        )
    if not seller.payable:
        raise NotPayable


def country(possible: Sequence[str], asked: str | None) -> str | None:
    """Where a payout account is opened, out of the `possible` countries: the only one needs not be asked for.

    None if the operator named none: the provider takes the operator's.

    Raises:
        CountryNotPossible
    """
    chosen = possible[0] if asked is None and len(possible) == 1 else asked
    if chosen not in (possible or (None,)):
        raise CountryNotPossible(countries=list(possible))
    return chosen


def prices(currency: str) -> tuple[int, int]:
    """The least and the most that something may cost, in the smallest unit."""
    unit = money.PER_UNIT[currency]
    return max(unit, money.least(currency)), max(MOST_PRICE * unit, money.least(currency))


def check_price(currency: str, price: int) -> None:
    """Raises `PriceNotPossible` for what is too little or too much, `NotPayable` if nothing is sold in a currency."""
    if not money.is_sold_in(currency):
        raise NotPayable
    least, most = prices(currency)
    if not least <= price <= most:
        raise PriceNotPossible(least=least, most=most)


def discounted(currency: str, price: int, per_cent: int) -> int:
    """The price with a code: rounded down, and never between nothing and the least that can be charged."""
    asked = price * (100 - per_cent) // 100
    return asked if asked == 0 else max(asked, min(price, money.least(currency)))


def share(earned_usd: int, amount: int, rate: int) -> int:
    """What the platform keeps of a sale, rounded down in the host's favour.

    `earned_usd`: cents that the host's sales brought so far, net of refunds. `rate`: millionths of a cent per smallest
    unit of the sale's currency. A sale that crosses the border is split there.
    """
    left = max(0, BORDER_USD - earned_usd)
    small = min(amount, money.reaching(left, rate))
    return (small * SMALL_SHARE + (amount - small) * LARGE_SHARE) // 100


def free_seats(seats: int, taken: int, offered: int) -> int:
    """Seats that are nobody's; `offered` are kept for those next in line."""
    return max(0, seats - taken - offered)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody in line; `offered_until` is set while a seat is kept for them."""

    person: PersonId
    at: datetime
    offered_until: datetime | None = None


def next_in_line(seats: int, taken: int, line: Sequence[Waiting], now: datetime) -> list[PersonId]:
    """Who is offered a seat now: the first in line who was not asked yet, as many as seats are nobody's.

    `line` is in the order of arrival. Whose time to buy is over has left the line.
    """
    offered = sum(waiting.offered_until is not None and waiting.offered_until > now for waiting in line)
    unasked = [waiting.person for waiting in line if waiting.offered_until is None]
    return unasked[: free_seats(seats, taken, offered)]


_BY_END: Mapping[str, Reason] = {"moderated": "moderated", "lapsed": "lapsed", "host_gone": "host_gone"}


def took(announced: datetime | None, begun: datetime, left: datetime | None, ended: datetime) -> timedelta:
    """For how long somebody who came at the time that was announced could hear a Space with its seller in it.

    `left`: since when the seller was away at the end, if they were.
    """
    since = begun if announced is None else max(announced, begun)
    until = ended if left is None else min(left, ended)
    return max(timedelta(), until - since)


def earned_at(announced: datetime | None, begun: datetime, least: timedelta) -> datetime:
    """From when on a Space may end without its tickets going back."""
    return (begun if announced is None else max(announced, begun)) + least


def refund_at_end(reason: str, *, begun: bool, took: timedelta, least: timedelta) -> Reason | None:
    """Why people get their money back when a Space is over for `reason`; None if it took place.

    A host who vanishes from a Space that had hardly begun was absent; one whose connection broke at its end was not.
    """
    if not begun:
        return _BY_END.get(reason, "canceled")
    if reason == "host_gone":
        return "host_gone" if took < max(ABSENT, least) else None
    return _BY_END.get(reason) or ("too_short" if took < least else None)


def goes_back(kind: Kind, reason: Reason) -> bool:
    """Whether this is given back for `reason`, too: a tip was for what was heard, however short it was."""
    return kind == "ticket" or reason != "too_short"


def may_return(bought_for: datetime | None, announced: datetime, *, attended: bool, left: bool) -> bool:
    """Whether a buyer may give a ticket back: it was for another time, nobody has come in with it, and the money has
    not `left` for the host's bank."""
    return bought_for is not None and bought_for != announced and not attended and not left


def is_absent(since: datetime | None, now: datetime) -> bool:
    """Whether a host has been away for too long."""
    return since is not None and now - since >= ABSENT

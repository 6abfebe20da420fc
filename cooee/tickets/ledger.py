"""Double-entry book-keeping: what every deed moves between which accounts. Each entry sums to zero. Pure.

A host's account is named by a pseudonym, which alone outlives the person's account here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NewType

Account = NewType("Account", str)
Kind = Literal[
    "sale",
    "refund",
    "refund_failed",
    "refund_again",
    "settled",
    "payout",
    "payout_failed",
    "chargeback",
    "chargeback_won",
    "cost",
]

BUYERS = Account("buyers")
"""Where money comes from, and goes back to."""

SHARE = Account("share")
"""The platform's share: it is never mixed with what is the hosts'."""

STRIPE = Account("stripe")
"""What the payment provider keeps for itself."""

PLATFORM = Account("platform")
"""From which the platform bears what the provider keeps: never from its share, nor from what is the hosts'."""

OWED = Account("owed")
"""What came back from buyers' banks: it is the buyers', and lies with the platform."""

BANKS = Account("banks")
"""Where hosts are paid out to."""


def host(party: str) -> Account:
    """The account of a host."""
    return Account(f"host:{party}")


@dataclass(frozen=True, slots=True)
class Line:
    """An account gets `amount` of the smallest unit; if negative, it gives."""

    account: Account
    amount: int


Entry = tuple[Line, ...]


def sale(party: str, amount: int, fee: int) -> Entry:
    """A buyer paid: the host gets it but for the platform's share."""
    return _entry({BUYERS: -amount, host(party): amount - fee, SHARE: fee})


def returned(party: str, amount: int, fee: int) -> Entry:
    """A sale is undone, the share too."""
    return undone({BUYERS: -amount, host(party): amount - fee, SHARE: fee})


def undone(moved: Mapping[str, int]) -> Entry:
    """All that was `moved` between accounts goes back to where it was."""
    return _entry({Account(account): -amount for account, amount in moved.items()})


def given_in_part(bearer: Account, amount: int) -> Entry:
    """A buyer got some of it back, from the host or from the platform."""
    return _entry({BUYERS: amount, bearer: -amount})


def share_returned(party: str, amount: int) -> Entry:
    """The host has some of the platform's share, for what they gave back."""
    return _entry({SHARE: -amount, host(party): amount})


def refund_failed(amount: int) -> Entry:
    """A buyer's bank sent back what was given back."""
    return _entry({BUYERS: -amount, OWED: amount})


def refund_again(amount: int) -> Entry:
    """A buyer has what was owed to them."""
    return _entry({OWED: -amount, BUYERS: amount})


def payout(party: str, amount: int) -> Entry:
    """A host is paid out."""
    return _entry({host(party): -amount, BANKS: amount})


def payout_failed(party: str, amount: int) -> Entry:
    """The bank sent it back."""
    return _entry({host(party): amount, BANKS: -amount})


def cost(amount: int) -> Entry:
    """The provider kept something for itself, or, if negative, gave it back."""
    return _entry({PLATFORM: -amount, STRIPE: amount})


def _entry(moved: dict[Account, int]) -> Entry:
    assert sum(moved.values()) == 0, "what one account gives, others get"
    return tuple(Line(account, amount) for account, amount in moved.items() if amount)

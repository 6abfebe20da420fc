"""Double-entry book-keeping: what every deed moves between which accounts. Each entry sums to zero. Pure.

A host's account is named by a pseudonym, which alone outlives the person's account here.
"""

from dataclasses import dataclass
from typing import Literal, NewType

Account = NewType("Account", str)
Kind = Literal["sale", "refund", "payout", "payout_failed", "chargeback", "chargeback_won", "cost"]

BUYERS = Account("buyers")
"""Where money comes from, and goes back to."""

SHARE = Account("share")
"""The platform's share: it is never mixed with what is the hosts'."""

STRIPE = Account("stripe")
"""What the payment provider keeps for itself."""

PLATFORM = Account("platform")
"""From which the platform bears what the provider keeps: never from its share, nor from what is the hosts'."""

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
    return _entry({BUYERS: amount, host(party): fee - amount, SHARE: -fee})


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

"""What the payment provider says of accounts, checkouts, refunds and payouts, as far as this domain asks."""

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class AccountState:
    """A payout account: `ready` takes money and can be paid out."""

    ready: bool
    currency: str


@dataclass(frozen=True, slots=True)
class Checkout:
    """A page on which one sale is paid."""

    id: str
    url: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What the provider kept for itself, in the currency of our account there; negative if it gave it back."""

    id: str
    currency: str
    amount: int


@dataclass(frozen=True, slots=True)
class Refund:
    """Money on its way back to a buyer, or there, or, `failed`, sent back by their bank.

    `ours`: nobody asked for it in the provider's own pages; `instead`: of which one that failed it is the next try.
    `from_host`: it was taken back from the host for it.
    """

    id: str
    amount: int
    failed: bool
    ours: bool
    instead: str | None
    from_host: bool


@dataclass(frozen=True, slots=True)
class Paid:
    """What became of a checkout. Of one that was paid, `payment` names the payment and `fee` its fee for us.

    `priced`: the provider has said already what the payment cost. `dispute`: whether the buyer's bank asked for the
    money; while that is looked into, it has it. `refunds`: all that was given back, the first first; if somebody else
    than we did, `fee_back` is what came back of our fee.
    """

    state: Literal["open", "paid", "expired"]
    payment: str | None = None
    fee: str | None = None
    transfer: str | None = None
    dispute: Literal["open", "lost", "won"] | None = None
    refunds: tuple[Refund, ...] = ()
    fee_back: int = 0
    costs: tuple[Cost, ...] = ()
    priced: bool = True

    @property
    def given_back(self) -> int:
        """What the buyer has back, as far as their bank has not sent it back."""
        return sum(refund.amount for refund in self.refunds if not refund.failed)


@dataclass(frozen=True, slots=True)
class Sent:
    """A payout that left."""

    id: str
    amount: int


@dataclass(frozen=True, slots=True)
class Event:
    """Something that the provider tells. What it says is not believed but asked for again."""

    id: str
    type: str
    about: dict[str, Any]
    account: str | None
    """On whose account it happened, if not on ours."""

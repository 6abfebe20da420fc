"""What is stored of selling, as values."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NewType

from cooee.people.ids import PersonId
from cooee.spaces.state import SpaceId
from cooee.tickets.rules import Kind, Reason, State

SaleId = NewType("SaleId", str)
OfferState = Literal["open", "closed", "over", "free"]
"""`free`: everybody has their money back, and the rest of the Space is open to all."""
PayoutState = Literal["waiting", "delayed", "sending", "sent", "paid", "failed"]
"""`delayed`: the provider had not enough yet; `sending`: it was asked, and nobody knows what it did. All but `sent` and
`paid` are tried again."""

UNPAID: frozenset[PayoutState] = frozenset({"waiting", "delayed", "sending", "failed"})
AT_HAND: frozenset[PayoutState] = UNPAID - {"sending"}
"""What has not left for the host's bank, for certain."""


@dataclass(frozen=True, slots=True)
class Payee:
    """Somebody who is paid. `party` names them in the ledger; `account` is theirs at the payment provider."""

    person: PersonId
    party: str
    account: str | None
    ready: bool
    currency: str | None
    tips: bool
    earned_usd: int


@dataclass(frozen=True, slots=True)
class Offer:
    """The tickets of one Space. `price` is in the smallest unit."""

    space: SpaceId
    host: PersonId
    currency: str
    price: int
    seats: int
    state: OfferState
    absent_since: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether nobody buys or sells any more, for good."""
        return self.state in ("over", "free")


@dataclass(frozen=True, slots=True)
class Owed:
    """What one payout is for: whatever somebody earned in one Space in one currency.

    In one Space several may earn: who sold its tickets, and whoever was the host when a tip was given.
    """

    space: SpaceId
    host: PersonId
    currency: str


@dataclass(frozen=True, slots=True)
class Sale:
    """A ticket or a tip. `holder` has the seat; `fee` was asked for the platform, `share` was booked.

    `returned`: what the buyer has back while it stands; `owing`: what their bank sent back, and is theirs.
    `begins_at`: when the Space was to begin as it was bought, if it was still ahead.
    """

    id: SaleId
    kind: Kind
    space: SpaceId
    host: PersonId
    buyer: PersonId
    holder: PersonId
    currency: str
    amount: int
    fee: int
    rate: int
    made_at: datetime
    state: State
    held_until: datetime | None = None
    code: str | None = None
    share: int | None = None
    reason: Reason | None = None
    paid_at: datetime | None = None
    checkout: str | None = None
    url: str | None = None
    payment: str | None = None
    application_fee: str | None = None
    returned: int = 0
    owing: int = 0
    begins_at: datetime | None = None

    @property
    def owed(self) -> Owed:
        """With what else it is paid out."""
        return Owed(self.space, self.host, self.currency)


@dataclass(frozen=True, slots=True)
class Payout:
    """What somebody gets for one Space in one currency, tips included."""

    space: SpaceId
    host: PersonId
    currency: str
    amount: int
    state: PayoutState
    due_at: datetime
    payout: str | None = None
    tries: int = 0

    @property
    def owed(self) -> Owed:
        return Owed(self.space, self.host, self.currency)

"""Tickets as they go over the wire. Amounts are whole numbers of the currency's smallest unit."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from cooee.kit.ids import DECIMAL_PATTERN
from cooee.kit.pages import Asked, Page, Shape, Timestamp
from cooee.people.shapes import Person
from cooee.tickets.ledger import Kind as EntryKind
from cooee.tickets.rules import MOST_SEATS, Kind, Reason, State
from cooee.tickets.state import OfferState, PayoutState

PersonText = Annotated[str, Field(pattern=DECIMAL_PATTERN)]
Code = Annotated[
    str,
    Field(min_length=2, max_length=24, pattern=r"^[0-9A-Za-z_-]+$", description="Large and small letters are the same"),
    AfterValidator(str.upper),
]
CodeInPath = Annotated[str, StringConstraints(min_length=2, max_length=24, pattern=r"^[0-9A-Za-z_-]+$")]
Stage = Literal["ahead", "live", "over"]
WhyOff = Literal["no_key", "no_webhook_secret"]


class MakeOffer(Asked):
    """What tickets cost and how many there are."""

    price: int = Field(ge=1, le=10_000_000)
    seats: int = Field(ge=1, le=MOST_SEATS)
    open: bool = Field(True, description="False closes the sale: whoever has a ticket keeps it")


class BuyTicket(Asked):
    """A ticket for oneself, or as a gift for somebody."""

    code: Code | None = None
    for_person: PersonText | None = Field(None, description="Whose seat it is, if not one's own")


class GiveSeats(Asked):
    """Free seats."""

    people: Annotated[tuple[PersonText, ...], Field(strict=False)] = Field(min_length=1, max_length=100)


class SetCode(Asked):
    """A promo code."""

    per_cent: int = Field(ge=1, le=100, description="By how much tickets are cheaper with it")
    uses: int = Field(ge=1, le=MOST_SEATS, description="How many tickets are sold with it")


class GiveTip(Asked):
    """A tip."""

    amount: int = Field(ge=1, le=10_000_000)


class TakeTips(Asked):
    """Whether one takes tips while hosting."""

    tips: bool


class Ticket(Shape):
    """A ticket or a tip, for whoever bought or holds it."""

    id: str
    kind: Kind
    space: str
    title: str = Field(description="The Space's")
    state: State
    amount: int
    currency: str
    buyer: Person
    holder: Person
    returnable: bool = Field(description="For the buyer: it was moved since, so they may have their money back")
    returned: int = Field(description="For the buyer: what came back to them of a ticket that is still good")
    owing: int = Field(description="For the buyer: what their bank sent back, and is still to come to them")
    held_until: Timestamp | None = Field(description="While it is not paid: until when the seat is kept")
    checkout_url: str | None = Field(description="For the buyer, while it is not paid: where to pay")
    reason: Reason | None = Field(description="Why the money went back, if it did")
    stage: Stage = Field(description="Whether the Space is ahead, live or over")
    begins_at: Timestamp | None = Field(description="When it is to begin, or did")


class Sold(Shape):
    """A sale, for the host."""

    id: str
    kind: Kind
    state: State
    amount: int
    share: int | None = Field(description="What the platform keeps of it; null while it is not paid")
    returned: int = Field(description="What the buyer has back of it, although it is still good")
    currency: str
    buyer: Person
    holder: Person
    code: str | None
    paid_at: Timestamp | None
    reason: Reason | None


class PromoCode(Shape):
    """A promo code, for the host."""

    code: str
    per_cent: int
    uses: int
    used: int


class Offer(Shape):
    """What tickets cost, and whether there are any left."""

    price: int
    currency: str
    seats: int
    left: int = Field(ge=0, description="Seats that anybody can buy now")
    taken: int = Field(ge=0, description="Seats that are somebody's, or held while they are paid")
    state: OfferState


class Tips(Shape):
    """In what the host takes tips."""

    currency: str
    least: int
    most: int


class Tickets(Shape):
    """The tickets of one Space, for one person."""

    space: str
    offer: Offer | None
    mine: Ticket | None = Field(description="One's own seat, or the one kept while one pays")
    waiting: int | None = Field(description="One's place in line, from 1")
    offered_until: Timestamp | None = Field(description="Until when a seat is kept for one who waited")
    sells: bool = Field(description="Whether the one who asks is the one who sells")
    earned_at: Timestamp | None = Field(
        description="For the one who sells, while it is live: who ends it before then gives the money back"
    )
    tips: Tips | None = Field(description="Null where none are taken, or not now")


class Sales(Shape):
    """All that was sold for one Space, for its host."""

    tickets: Tickets
    sold: list[Sold]
    codes: list[PromoCode]
    waiting: int


class Place(Shape):
    """A place in line."""

    space: str
    title: str
    host: Person
    place: int = Field(ge=1)
    offered_until: Timestamp | None = Field(description="Until when a seat is kept for one")
    begins_at: Timestamp | None


class MyTickets(Shape):
    """What one bought or got, the latest first, and for what one waits."""

    items: list[Ticket]
    waiting: list[Place]


class Seller(Shape):
    """Whether one may sell, and how far one is."""

    on: bool = Field(description="Whether this site sells at all")
    why_off: WhyOff | None = Field(description="What its operator has not set")
    may_sell: bool = Field(description="Followers and Spaces suffice; a payout account is needed besides")
    followers: int
    followers_needed: int
    spaces: int = Field(description="Held in the last 30 days")
    spaces_needed: int
    account: Literal["none", "pending", "foreign", "ready"] = Field(
        description="`foreign`: it is paid in a currency in which nothing is sold here"
    )
    currency: str | None = Field(description="Of the payout account")
    least: int | None = Field(description="The lowest price in that currency")
    most: int | None
    tips: bool
    least_minutes: int = Field(
        description="Who ends a Space with tickets sooner after the time that was announced gives the money back"
    )
    countries: list[str] = Field(
        description="Where a payout account can be opened, as ISO 3166 codes; empty: there is no choice"
    )


class OpenAccount(Asked):
    """Where one is to be paid, when the account is opened."""

    country: str | None = Field(None, pattern=r"^[A-Z]{2}$", description="Needed where there are several")


class Link(Shape):
    """Where to go on."""

    url: str


class Balance(Shape):
    """What one has in one currency, and has not been paid out."""

    currency: str
    amount: int


class Earned(Shape):
    """What one Space brought."""

    space: str
    title: str
    currency: str
    sales: int = Field(description="What people paid")
    refunds: int = Field(description="What went back to them")
    share: int = Field(description="What the platform keeps of the rest")
    paid_out: int
    payout: PayoutState | None
    payout_at: Timestamp | None


class Earnings(Shape):
    """All that one earned."""

    seller: Seller
    earned_usd: int = Field(description="Cents of US dollars, net of refunds: the share goes by it")
    border_usd: int = Field(description="From here on the larger share counts")
    share_per_cent: int
    later_share_per_cent: int
    balances: list[Balance]
    spaces: list[Earned]


AccountName = Literal["buyers", "hosts", "owed", "share", "platform", "stripe", "banks"]


class Account(Shape):
    """What an account of the ledger has in one currency; all together have nothing."""

    name: AccountName = Field(description="`hosts` are all hosts together")
    currency: str
    amount: int


class LatePayout(Shape):
    """A payout that should have left."""

    space: str
    title: str
    host: Person
    state: PayoutState
    amount: int = Field(description="What the Space brought the host and they do not have")
    currency: str
    due_at: Timestamp
    is_before_moderators: bool = Field(description="It waits for a case of theirs")


class TroubledSale(Shape):
    """A sale whose money is on its way back, was taken back by a bank, or sent back by one."""

    id: str
    space: str
    title: str
    host: Person
    buyer: Person
    state: State
    amount: int
    owing: int = Field(description="What the buyer's bank sent back, and is to be given to them")
    currency: str
    paid_at: Timestamp | None


class Books(Shape):
    """The ledger as a whole, and what needs somebody."""

    why_off: WhyOff | None
    accounts: list[Account]
    payouts: list[LatePayout]
    sales: list[TroubledSale]


class LedgerLine(Shape):
    """One line of one's account: what came is positive, what went negative."""

    id: str
    at: Timestamp
    kind: EntryKind
    amount: int
    currency: str
    space: str | None


class LedgerPage(Page[LedgerLine]):
    """Some of one's lines, the latest first."""

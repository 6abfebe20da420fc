"""Who is paid, what is on sale, who has bought what, who waits, and the ledger.

The ledger points at nobody: a host's account there is named by `payees.party`, a pseudonym that stays when the person
is erased.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from cooee.kit.columns import DecimalId, UtcTime, text_id
from cooee.kit.db import metadata

payees = Table(
    "payees",
    metadata,
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("party", text_id(), nullable=False, unique=True),
    # The payout account at the payment provider.
    Column("account", text_id(), unique=True),
    Column("ready", Boolean, nullable=False),
    Column("currency", Text),
    Column("tips", Boolean, nullable=False),
    # Cents of US dollars that sales brought so far, net of refunds: what the platform's share goes by.
    Column("earned_usd", BigInteger, nullable=False),
    Column("made_at", UtcTime, nullable=False),
)

offers = Table(
    "ticket_offers",
    metadata,
    # Of a Space that is ahead, live or over.
    Column("space_id", text_id(), primary_key=True),
    Column("host_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("currency", Text, nullable=False),
    Column("price", Integer, nullable=False),
    Column("seats", Integer, nullable=False),
    # `open`, `closed` by the host, `over`; `free`: the money is back, and the rest is open to all.
    Column("state", Text, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    # Since when the host has been away from the live Space.
    Column("absent_since", UtcTime),
)

sales = Table(
    "ticket_sales",
    metadata,
    Column("id", text_id(), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("space_id", text_id(), nullable=False),
    Column("host_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("buyer_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    # Whose seat it is: of a gift, somebody else's than the buyer's.
    Column("holder_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("currency", Text, nullable=False),
    Column("amount", Integer, nullable=False),
    # What the provider was told to keep for the platform.
    Column("fee", Integer, nullable=False),
    # The share that was booked when it was paid; never more than `fee`.
    Column("share", Integer),
    # Millionths of a US cent per smallest unit, on the day of the sale.
    Column("rate", BigInteger, nullable=False),
    Column("code", Text),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("made_at", UtcTime, nullable=False),
    # What the buyer has back of a sale that stands, and what their bank sent back and they are owed.
    Column("returned", Integer, nullable=False, server_default="0"),
    Column("owing", Integer, nullable=False, server_default="0"),
    # When the Space was to begin as it was bought, if it was still ahead.
    Column("begins_at", UtcTime),
    Column("held_until", UtcTime),
    Column("paid_at", UtcTime),
    Column("checkout", text_id(), unique=True),
    Column("url", Text),
    # The provider's payment, and its fee for the platform.
    Column("payment", text_id(), unique=True),
    Column("application_fee", Text),
    Index("ix_ticket_sales_space", "space_id", "kind", "state"),
)

codes = Table(
    "promo_codes",
    metadata,
    Column("space_id", text_id(), ForeignKey("ticket_offers.space_id", ondelete="CASCADE"), primary_key=True),
    # Folded to capitals.
    Column("code", text_id(), primary_key=True),
    Column("per_cent", Integer, nullable=False),
    Column("uses", Integer, nullable=False),
)

line = Table(
    "ticket_line",
    metadata,
    Column("space_id", text_id(), ForeignKey("ticket_offers.space_id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("at", UtcTime, nullable=False),
    # While a seat is kept for them.
    Column("offered_until", UtcTime),
    Index("ix_ticket_line_person_id", "person_id"),
)

ledger = Table(
    "ledger_lines",
    metadata,
    Column("id", DecimalId, primary_key=True, autoincrement=False),
    # What it belongs to: its lines sum to zero, and it is booked once.
    Column("entry", text_id(), nullable=False),
    Column("kind", Text, nullable=False),
    Column("account", text_id(), nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("space_id", text_id()),
    Column("at", UtcTime, nullable=False),
    UniqueConstraint("entry", "account"),
    Index("ix_ledger_lines_account", "account", "id"),
    Index("ix_ledger_lines_space", "account", "space_id"),
)

events = Table(
    "payment_events",
    metadata,
    Column("id", text_id(), primary_key=True),
    Column("at", UtcTime, nullable=False, index=True),
)

payouts = Table(
    "payouts",
    metadata,
    Column("space_id", text_id(), primary_key=True),
    # Who earned it: the host's role may have moved on while the Space went on.
    Column("host_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("currency", text_id(), primary_key=True),
    Column("amount", BigInteger, nullable=False),
    # `waiting`, `delayed`, `sending`, `sent`, `paid`, `failed`.
    Column("state", Text, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    # Which try it is: the provider remembers that it said no to a request, so the next one is another.
    Column("tries", Integer, nullable=False),
    Column("payout", text_id(), unique=True),
)

exchange = Table(
    "exchange_rates",
    metadata,
    Column("currency", text_id(), primary_key=True),
    # Millionths of a US cent per smallest unit.
    Column("rate", BigInteger, nullable=False),
    Column("at", UtcTime, nullable=False),
)

"""Tickets, tips, payouts and the ledger."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from cooee.kit.columns import text_id

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "payees",
        sa.Column("person_id", sa.BigInteger, _to("people.id"), primary_key=True),
        sa.Column("party", text_id(), nullable=False),
        sa.Column("account", text_id()),
        sa.Column("ready", sa.Boolean, nullable=False),
        sa.Column("currency", sa.Text),
        sa.Column("tips", sa.Boolean, nullable=False),
        sa.Column("earned_usd", sa.BigInteger, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("party", name="uq_payees_party"),
        sa.UniqueConstraint("account", name="uq_payees_account"),
    )
    op.create_table(
        "ticket_offers",
        sa.Column("space_id", text_id(), primary_key=True),
        sa.Column("host_id", sa.BigInteger, _to("people.id"), nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("price", sa.Integer, nullable=False),
        sa.Column("seats", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("absent_since", sa.BigInteger),
    )
    op.create_index("ix_ticket_offers_host_id", "ticket_offers", ["host_id"])
    _sales()
    op.create_table(
        "promo_codes",
        sa.Column("space_id", text_id(), _to("ticket_offers.space_id"), primary_key=True),
        sa.Column("code", text_id(), primary_key=True),
        sa.Column("per_cent", sa.Integer, nullable=False),
        sa.Column("uses", sa.Integer, nullable=False),
    )
    op.create_table(
        "ticket_line",
        sa.Column("space_id", text_id(), _to("ticket_offers.space_id"), primary_key=True),
        sa.Column("person_id", sa.BigInteger, _to("people.id"), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("offered_until", sa.BigInteger),
    )
    op.create_index("ix_ticket_line_person_id", "ticket_line", ["person_id"])
    _books()


def _sales() -> None:
    op.create_table(
        "ticket_sales",
        sa.Column("id", text_id(), primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("space_id", text_id(), nullable=False),
        sa.Column("host_id", sa.BigInteger, _to("people.id"), nullable=False),
        sa.Column("buyer_id", sa.BigInteger, _to("people.id"), nullable=False),
        sa.Column("holder_id", sa.BigInteger, _to("people.id"), nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("amount", sa.Integer, nullable=False),
        sa.Column("fee", sa.Integer, nullable=False),
        sa.Column("share", sa.Integer),
        sa.Column("rate", sa.BigInteger, nullable=False),
        sa.Column("code", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("held_until", sa.BigInteger),
        sa.Column("paid_at", sa.BigInteger),
        sa.Column("checkout", text_id()),
        sa.Column("url", sa.Text),
        sa.Column("payment", text_id()),
        sa.Column("application_fee", sa.Text),
        sa.UniqueConstraint("checkout", name="uq_ticket_sales_checkout"),
        sa.UniqueConstraint("payment", name="uq_ticket_sales_payment"),
    )
    for column in ("host_id", "buyer_id", "holder_id"):
        op.create_index(f"ix_ticket_sales_{column}", "ticket_sales", [column])
    op.create_index("ix_ticket_sales_space", "ticket_sales", ["space_id", "kind", "state"])


def _books() -> None:
    op.create_table(
        "ledger_lines",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("entry", text_id(), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("account", text_id(), nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("space_id", text_id()),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("entry", "account", name="uq_ledger_lines_entry_account"),
    )
    op.create_index("ix_ledger_lines_account", "ledger_lines", ["account", "id"])
    op.create_table(
        "payment_events",
        sa.Column("id", text_id(), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_payment_events_at", "payment_events", ["at"])
    op.create_table(
        "payouts",
        sa.Column("space_id", text_id(), primary_key=True),
        sa.Column("host_id", sa.BigInteger, _to("people.id"), nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("payout", text_id()),
        sa.UniqueConstraint("payout", name="uq_payouts_payout"),
    )
    op.create_index("ix_payouts_host_id", "payouts", ["host_id"])
    op.create_table(
        "exchange_rates",
        sa.Column("currency", text_id(), primary_key=True),
        sa.Column("rate", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    tables = ("exchange_rates", "payouts", "payment_events", "ledger_lines", "ticket_line", "promo_codes")
    for table in (*tables, "ticket_sales", "ticket_offers", "payees"):
        op.drop_table(table)


def _to(column: str) -> sa.ForeignKey:
    return sa.ForeignKey(column, ondelete="CASCADE")

"""Whoever earned beside the host of a Space that is over was paid nothing yet: before 0025 a Space had one payout."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_TWO_DAYS = 48 * 3600 * 1000
_TOPIC = "tickets.payout"

# What was given back, or sent already, is in the ledger: a payout sends what an account has, be it nothing.
_LEFT_OUT = sa.text("""
    SELECT DISTINCT sale.space_id, sale.host_id, sale.currency, space.ended_at
    FROM ticket_sales AS sale JOIN spaces AS space ON space.id = sale.space_id
    WHERE sale.state = 'paid' AND sale.amount > 0 AND space.ended_at IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM payouts
        WHERE payouts.space_id = sale.space_id
        AND payouts.host_id = sale.host_id AND payouts.currency = sale.currency
    )
""")
_payouts = sa.table(
    "payouts", *map(sa.column, ("space_id", "host_id", "currency", "amount", "state", "due_at", "tries"))
)
_outbox = sa.table(
    "outbox",
    *map(sa.column, ("key", "topic", "due_at", "attempts")),
    sa.column("payload", sa.JSON),
)


def upgrade() -> None:
    tx = op.get_bind()
    for space, host, currency, ended in tx.execute(_LEFT_OUT).all():
        due = ended + _TWO_DAYS
        owed = {"space_id": space, "host_id": host, "currency": currency}
        tx.execute(sa.insert(_payouts).values(**owed, amount=0, state="waiting", due_at=due, tries=0))
        payload = {"space": space, "host": str(host), "currency": currency}
        key = f"{_TOPIC}:{space}:{host}:{currency}"
        tx.execute(sa.insert(_outbox).values(key=key, topic=_TOPIC, payload=payload, due_at=due, attempts=0))

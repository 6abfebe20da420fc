"""In one Space several may earn, and in several currencies: each is paid out by itself."""

import json
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from cooee.kit.columns import text_id

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_UNPAID = frozenset({"waiting", "delayed", "sending", "failed"})


def upgrade() -> None:
    database = op.get_bind()
    before = database.execute(sa.text("SELECT * FROM payouts")).mappings().all()
    op.drop_table("payouts")
    payouts = op.create_table(
        "payouts",
        sa.Column("space_id", text_id(), primary_key=True),
        sa.Column("host_id", sa.BigInteger, sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("currency", text_id(), primary_key=True),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("payout", text_id()),
        sa.UniqueConstraint("payout", name="uq_payouts_payout"),
    )
    op.create_index("ix_payouts_host_id", "payouts", ["host_id"])
    assert payouts is not None, "it was just made"
    for row in before:
        database.execute(payouts.insert().values(**row))
        if row["state"] in _UNPAID:
            _name_the_work(database, row["space_id"], str(row["host_id"]), row["currency"])


def _name_the_work(database: sa.Connection, space: str, host: str, currency: str) -> None:
    """What waits to be paid out is for one host and one currency."""
    outbox = sa.table("outbox", *map(sa.column, ("key", "payload")))
    payload = json.dumps({"space": space, "host": host, "currency": currency})
    database.execute(
        sa.update(outbox)
        .where(outbox.c.key == f"tickets.payout:{space}")
        .values(
            key=f"tickets.payout:{space}:{host}:{currency}",
            payload=sa.cast(sa.literal(payload), sa.JSON) if database.dialect.name == "postgresql" else payload,
        )
    )

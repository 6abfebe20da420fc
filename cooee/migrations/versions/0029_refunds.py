"""Refunds: what a buyer has back of a sale that stands, what their bank sent back, and for when they bought it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    for name in ("returned", "owing"):
        op.add_column("ticket_sales", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("ticket_sales", sa.Column("begins_at", sa.BigInteger))


def downgrade() -> None:
    for name in ("begins_at", "owing", "returned"):
        op.drop_column("ticket_sales", name)

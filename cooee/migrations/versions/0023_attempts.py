"""How often somebody tried what all nodes count together."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from cooee.kit.columns import row_number, text_id

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", row_number(), primary_key=True, autoincrement=True),
        sa.Column("who", text_id(), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_attempts_who", "attempts", ["who", "at"])
    op.create_index("ix_attempts_at", "attempts", ["at"])


def downgrade() -> None:
    op.drop_table("attempts")

"""What an Idempotency-Key made."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from cooee.kit.columns import text_id

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "made_once",
        sa.Column("who", text_id(), primary_key=True),
        sa.Column("key", text_id(), primary_key=True),
        sa.Column("made", sa.Text),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_made_once_at", "made_once", ["at"])


def downgrade() -> None:
    op.drop_table("made_once")

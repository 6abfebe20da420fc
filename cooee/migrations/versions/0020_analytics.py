"""What is counted of Spaces, by the minute and by how people came."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from cooee.kit.columns import text_id

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "space_minutes",
        sa.Column("space_id", text_id(), _to("spaces.id"), primary_key=True),
        sa.Column("minute", sa.BigInteger, primary_key=True),
        sa.Column("node", text_id(), primary_key=True),
        sa.Column("listened_ms", sa.BigInteger, nullable=False),
        sa.Column("most", sa.JSON, nullable=False),
        sa.Column("reactions", sa.JSON, nullable=False),
    )
    op.create_table(
        "space_arrivals",
        sa.Column("space_id", text_id(), _to("spaces.id"), primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("people", sa.Integer, nullable=False),
    )


def _to(column: str) -> sa.ForeignKey:
    return sa.ForeignKey(column, ondelete="CASCADE")

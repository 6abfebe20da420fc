"""Where people are, as letters tell them the time."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("people", sa.Column("zone", sa.Text))


def downgrade() -> None:
    op.drop_column("people", "zone")

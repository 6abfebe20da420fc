"""A clip has a shape of its own; those of before have none."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("clips", sa.Column("peaks", sa.JSON, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("clips", "peaks")

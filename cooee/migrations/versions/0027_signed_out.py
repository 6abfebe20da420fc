"""When somebody was signed out last, so that every node closes what was open by the session."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("people", sa.Column("signed_out_at", sa.BigInteger))
    op.create_index("ix_people_signed_out_at", "people", ["signed_out_at"])


def downgrade() -> None:
    op.drop_index("ix_people_signed_out_at", "people")
    op.drop_column("people", "signed_out_at")

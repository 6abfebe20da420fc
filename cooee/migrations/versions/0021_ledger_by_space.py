"""What a Space moved in an account is found without reading all of the account."""

from collections.abc import Sequence

from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_ledger_lines_space", "ledger_lines", ["account", "space_id"])

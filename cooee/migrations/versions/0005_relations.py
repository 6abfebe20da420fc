"""Protected accounts, follow requests, mutes, blocks, deletion, exports."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("people", sa.Column("protected", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("people", sa.Column("deleting_at", sa.BigInteger))
    _pairs("follow_requests", "asker_id", "asked_id")
    op.create_index("ix_follow_requests_asked", "follow_requests", ["asked_id", "created_at", "asker_id"])
    _pairs("blocks", "blocker_id", "blocked_id")
    op.create_index("ix_blocks_blocked", "blocks", ["blocked_id"])
    op.create_index("ix_blocks_listed", "blocks", ["blocker_id", "created_at", "blocked_id"])
    _pairs("mutes", "muter_id", "muted_id")
    op.create_index("ix_mutes_muted", "mutes", ["muted_id"])
    op.create_index("ix_mutes_listed", "mutes", ["muter_id", "created_at", "muted_id"])
    op.create_table(
        "data_exports",
        sa.Column("person_id", sa.BigInteger, _person(), primary_key=True),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("ready_at", sa.BigInteger),
        sa.Column("file", sa.Text),
        sa.Column("bytes", sa.Integer),
    )


def downgrade() -> None:
    for table in ("data_exports", "mutes", "blocks", "follow_requests"):
        op.drop_table(table)
    op.drop_column("people", "deleting_at")
    op.drop_column("people", "protected")


def _pairs(table: str, one: str, other: str) -> None:
    op.create_table(
        table,
        sa.Column(one, sa.BigInteger, _person(), primary_key=True),
        sa.Column(other, sa.BigInteger, _person(), primary_key=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )


def _person() -> sa.ForeignKey:
    return sa.ForeignKey("people.id", ondelete="CASCADE")

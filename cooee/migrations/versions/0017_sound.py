"""How the sound came through, and what people tell the operator."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from cooee.kit.columns import text_id

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "space_sound",
        sa.Column("space_id", text_id(), _to("spaces.id"), primary_key=True),
        sa.Column("person_id", sa.BigInteger, _to("people.id"), primary_key=True),
        sa.Column("door", sa.Text, primary_key=True),
        sa.Column("sessions", sa.Integer, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("lasted_ms", sa.BigInteger, nullable=False),
        sa.Column("packets", sa.BigInteger, nullable=False),
        sa.Column("lost", sa.BigInteger, nullable=False),
        sa.Column("repaired", sa.BigInteger, nullable=False),
        sa.Column("worst_loss_per_mille", sa.Integer, nullable=False),
        sa.Column("worst_jitter_ms", sa.Integer, nullable=False),
    )
    op.create_index("ix_space_sound_person_id", "space_sound", ["person_id"])
    op.create_table(
        "told_us",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("person_id", sa.BigInteger, _to("people.id"), nullable=False),
        sa.Column("stars", sa.Integer),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_told_us_person_id", "told_us", ["person_id"])


def downgrade() -> None:
    for table in ("told_us", "space_sound"):
        op.drop_table(table)


def _to(column: str) -> sa.ForeignKey:
    return sa.ForeignKey(column, ondelete="CASCADE")

"""Spaces, their stages, and who was there."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from cooee.kit.columns import text_id

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "spaces",
        sa.Column("id", text_id(), primary_key=True),
        sa.Column("owner_id", sa.BigInteger, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("stage_epoch", sa.Integer, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
    )
    op.create_index("ix_spaces_owner_id", "spaces", ["owner_id"])
    op.create_index("ix_spaces_ended_at", "spaces", ["ended_at"])
    op.create_table("space_stage", *_who())
    op.create_index("ix_space_stage_person_id", "space_stage", ["person_id"])
    op.create_table(
        "space_attendance",
        *_who(),
        sa.Column("first_at", sa.BigInteger, nullable=False),
        sa.Column("last_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_space_attendance_person_id", "space_attendance", ["person_id"])

    op.create_table(
        "space_words",
        sa.Column("word", text_id(), primary_key=True, nullable=False),
        sa.Column("space_id", text_id(), sa.ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("spelling", sa.Text),
    )
    op.create_index("ix_space_words_space_id", "space_words", ["space_id"])


def downgrade() -> None:
    for table in ("space_words", "space_attendance", "space_stage", "spaces"):
        op.drop_table(table)


def _who() -> tuple[sa.Column[str], sa.Column[int]]:
    space, person = (sa.ForeignKey(f"{table}.id", ondelete="CASCADE") for table in ("spaces", "people"))
    return (
        sa.Column("space_id", text_id(), space, primary_key=True, nullable=False),
        sa.Column("person_id", sa.BigInteger, person, primary_key=True, nullable=False),
    )

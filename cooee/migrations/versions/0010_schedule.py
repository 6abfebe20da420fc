"""Spaces that are to come, and who wants to be told when they begin."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from cooee.kit.columns import text_id

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "scheduled_spaces",
        sa.Column("id", text_id(), primary_key=True),
        sa.Column("serial", sa.BigInteger, nullable=False),
        sa.Column("host_id", sa.BigInteger, _to("people.id"), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("starts_at", sa.BigInteger, nullable=False),
        sa.Column("zone", sa.Text, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("topics", sa.JSON, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("policy", sa.Text, nullable=False),
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("guests", sa.Boolean, nullable=False),
    )
    op.create_index("ix_scheduled_spaces_host", "scheduled_spaces", ["host_id", "state"])
    op.create_index("ix_scheduled_spaces_starts", "scheduled_spaces", ["state", "starts_at", "serial"])
    op.create_table(
        "space_reminders",
        sa.Column("space_id", text_id(), _to("scheduled_spaces.id"), primary_key=True),
        sa.Column("person_id", sa.BigInteger, _to("people.id"), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_space_reminders_person_id", "space_reminders", ["person_id"])
    op.create_table(
        "scheduled_words",
        sa.Column("word", text_id(), primary_key=True),
        sa.Column("space_id", text_id(), _to("scheduled_spaces.id"), primary_key=True),
        sa.Column("spelling", sa.Text),
    )
    op.create_index("ix_scheduled_words_space_id", "scheduled_words", ["space_id"])


def downgrade() -> None:
    op.drop_table("scheduled_words")
    op.drop_table("space_reminders")
    op.drop_table("scheduled_spaces")


def _to(column: str) -> sa.ForeignKey:
    return sa.ForeignKey(column, ondelete="CASCADE")

"""What is written and noted in a room: messages, what the hosts did, who spoke, and what people thought of it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from cooee.kit.columns import text_id

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "room_messages",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("space_id", text_id(), _to("spaces.id"), nullable=False),
        sa.Column("author_id", sa.BigInteger, _to("people.id"), nullable=False),
        sa.Column("to_id", sa.BigInteger, _to("people.id")),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("held", sa.Boolean, nullable=False),
    )
    op.create_index("ix_room_messages_space", "room_messages", ["space_id", "id"])
    op.create_index("ix_room_messages_author_id", "room_messages", ["author_id"])
    op.create_index("ix_room_messages_to_id", "room_messages", ["to_id"])
    op.create_table(
        "space_speakers",
        sa.Column("space_id", text_id(), _to("spaces.id"), primary_key=True),
        sa.Column("person_id", sa.BigInteger, _to("people.id"), primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_space_speakers_person_id", "space_speakers", ["person_id"])
    op.create_table(
        "space_feedback",
        sa.Column("space_id", text_id(), _to("spaces.id"), primary_key=True),
        sa.Column("person_id", sa.BigInteger, _to("people.id"), primary_key=True),
        sa.Column("stars", sa.Integer, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_space_feedback_person_id", "space_feedback", ["person_id"])
    op.create_index("ix_space_feedback_at", "space_feedback", ["at"])
    op.create_table(
        "space_log",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("space_id", text_id(), _to("spaces.id"), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by_id", sa.BigInteger, sa.ForeignKey("people.id", ondelete="SET NULL")),
        sa.Column("person_id", sa.BigInteger, sa.ForeignKey("people.id", ondelete="SET NULL")),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
    )
    op.create_index("ix_space_log_space", "space_log", ["space_id", "id"])
    op.create_index("ix_space_log_by_id", "space_log", ["by_id"])
    op.create_index("ix_space_log_person_id", "space_log", ["person_id"])


def downgrade() -> None:
    for table in ("space_log", "space_feedback", "space_speakers", "room_messages"):
        op.drop_table(table)


def _to(column: str) -> sa.ForeignKey:
    return sa.ForeignKey(column, ondelete="CASCADE")

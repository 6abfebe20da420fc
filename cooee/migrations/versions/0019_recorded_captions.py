"""What was said under REC stays with the replay, to be read while it is heard."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from cooee.kit.columns import text_id

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("caption_lines", sa.Column("lasted_ms", sa.Integer, nullable=False, server_default="0"))
    op.add_column("caption_lines", sa.Column("recorded", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "recording_captions",
        sa.Column("space_id", text_id(), _to("recordings.space_id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("person_id", sa.BigInteger, _to("people.id"), nullable=False),
        sa.Column("start_ms", sa.Integer, nullable=False),
        sa.Column("end_ms", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("ix_recording_captions_person_id", "recording_captions", ["person_id"])


def _to(column: str) -> sa.ForeignKey:
    return sa.ForeignKey(column, ondelete="CASCADE")

"""Recordings, tracks of speakers, clips; scheduled Spaces that are to be recorded."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from cooee.kit.columns import text_id

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("scheduled_spaces", sa.Column("record", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "recordings",
        sa.Column("space_id", text_id(), _to("spaces.id"), primary_key=True),
        sa.Column("owner_id", sa.BigInteger, _to("people.id"), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("token", text_id(), nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("duration_ms", sa.Integer, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("peaks", sa.JSON, nullable=False),
        sa.Column("chapters", sa.JSON, nullable=False),
    )
    op.create_index("ix_recordings_owner_id", "recordings", ["owner_id", "made_at"])
    op.create_table(
        "recording_tracks",
        sa.Column("space_id", text_id(), _to("recordings.space_id"), primary_key=True),
        sa.Column("person_id", sa.BigInteger, _to("people.id"), primary_key=True),
        sa.Column("size", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_recording_tracks_person_id", "recording_tracks", ["person_id"])
    op.create_table(
        "clips",
        sa.Column("id", text_id(), primary_key=True),
        sa.Column("space_id", text_id(), _to("recordings.space_id"), nullable=False),
        sa.Column("by_id", sa.BigInteger, _to("people.id"), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("start_ms", sa.Integer, nullable=False),
        sa.Column("duration_ms", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_clips_space_id", "clips", ["space_id"])
    op.create_index("ix_clips_by_id", "clips", ["by_id"])


def _to(column: str) -> sa.ForeignKey:
    return sa.ForeignKey(column, ondelete="CASCADE")

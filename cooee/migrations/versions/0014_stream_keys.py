"""Keys by which programs speak for people on stage."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from cooee.kit.columns import text_id

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "space_stream_keys",
        sa.Column("space_id", text_id(), _to("spaces.id"), primary_key=True),
        sa.Column("person_id", sa.BigInteger, _to("people.id"), primary_key=True),
        sa.Column("key_hash", sa.LargeBinary, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
        sa.UniqueConstraint("key_hash", name="uq_space_stream_keys_key_hash"),
    )
    op.create_index("ix_space_stream_keys_person_id", "space_stream_keys", ["person_id"])


def downgrade() -> None:
    op.drop_table("space_stream_keys")


def _to(column: str) -> sa.ForeignKey:
    return sa.ForeignKey(column, ondelete="CASCADE")

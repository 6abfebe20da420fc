"""Posts that are shown in rooms."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from cooee.kit.columns import text_id

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "room_posts",
        sa.Column("space_id", text_id(), _to("spaces.id"), primary_key=True),
        sa.Column("post_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("author_id", sa.BigInteger, _to("people.id"), nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("pinned", sa.Boolean, nullable=False),
    )
    op.create_index("ix_room_posts_author_id", "room_posts", ["author_id"])
    op.create_index("ix_room_posts_post_id", "room_posts", ["post_id"])


def downgrade() -> None:
    op.drop_table("room_posts")


def _to(column: str) -> sa.ForeignKey:
    return sa.ForeignKey(column, ondelete="CASCADE")

"""Notices, where to push them, and what each person wants to hear of."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from cooee.kit.columns import text_id

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "notice_lines",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("person_id", sa.BigInteger, _to("people.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("line", text_id(), nullable=False),
        sa.Column("post_id", sa.BigInteger, _to("posts.id")),
        sa.Column("space_id", text_id()),
        sa.Column("latest_at", sa.BigInteger, nullable=False),
        sa.Column("pushed_at", sa.BigInteger),
        sa.UniqueConstraint("person_id", "line", name="uq_notice_lines_person_id_line"),
    )
    op.create_index("ix_notice_lines_post_id", "notice_lines", ["post_id"])
    op.create_index("ix_notice_lines_space_id", "notice_lines", ["space_id"])
    op.create_index("ix_notice_lines_latest", "notice_lines", ["person_id", "latest_at", "id"])
    op.create_table(
        "notices",
        sa.Column("person_id", sa.BigInteger, _to("people.id"), primary_key=True),
        sa.Column("key", text_id(), primary_key=True),
        sa.Column("line_id", sa.BigInteger, _to("notice_lines.id"), nullable=False),
        sa.Column("by_id", sa.BigInteger, _to("people.id"), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_notices_by_id", "notices", ["by_id"])
    op.create_index("ix_notices_line", "notices", ["line_id", "at", "by_id"])
    op.create_table(
        "notice_positions",
        sa.Column("person_id", sa.BigInteger, _to("people.id"), primary_key=True),
        sa.Column("read_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "notice_wishes",
        sa.Column("person_id", sa.BigInteger, _to("people.id"), primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("wanted", sa.Boolean, nullable=False),
    )
    op.create_table(
        "notice_mail",
        sa.Column("person_id", sa.BigInteger, _to("people.id"), primary_key=True),
        sa.Column("rhythm", sa.Text, nullable=False),
        sa.Column("mailed_at", sa.BigInteger),
        sa.Column("refused", sa.Text),
    )
    _create_subscriptions()


def _create_subscriptions() -> None:
    op.create_table(
        "push_subscriptions",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("person_id", sa.BigInteger, _to("people.id"), nullable=False),
        sa.Column("session", sa.LargeBinary, _to("sessions.token_hash"), nullable=False),
        sa.Column("endpoint", sa.Text, nullable=False),
        sa.Column("p256dh", sa.Text, nullable=False),
        sa.Column("auth", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("reached_at", sa.BigInteger),
        sa.Column("quiet_until", sa.BigInteger),
        sa.UniqueConstraint("endpoint", name="uq_push_subscriptions_endpoint"),
    )
    op.create_index("ix_push_subscriptions_person_id", "push_subscriptions", ["person_id"])
    op.create_index("ix_push_subscriptions_session", "push_subscriptions", ["session"])


def downgrade() -> None:
    for table in ("push_subscriptions", "notice_mail", "notice_wishes", "notice_positions", "notices", "notice_lines"):
        op.drop_table(table)


def _to(column: str) -> sa.ForeignKey:
    return sa.ForeignKey(column, ondelete="CASCADE")

"""Reports, cases, moderators, and suspensions."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from cooee.kit.columns import text_id

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("people", sa.Column("suspended_until", sa.BigInteger))
    op.create_table(
        "cases",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("subject", text_id(), nullable=False),
        sa.Column("person_id", sa.BigInteger, _to("people.id"), nullable=False),
        sa.Column("space_id", text_id()),
        sa.Column("excerpt", sa.Text, nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("latest_at", sa.BigInteger, nullable=False),
        sa.Column("reports", sa.Integer, nullable=False),
        sa.Column("decision", sa.Text),
        sa.Column("decided_at", sa.BigInteger),
        sa.Column("decided_by", sa.BigInteger, _to("people.id", "SET NULL")),
        sa.Column("until", sa.BigInteger),
        sa.Column("words", sa.Text),
        sa.Column("turn", text_id(), nullable=False),
        sa.UniqueConstraint("about", "subject", "turn", name="uq_cases_about_subject_turn"),
    )
    op.create_index("ix_cases_person_id", "cases", ["person_id"])
    op.create_index("ix_cases_listed", "cases", ["decision", "latest_at", "id"])
    op.create_table(
        "reports",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("case_id", sa.BigInteger, _to("cases.id"), nullable=False),
        sa.Column("reporter_id", sa.BigInteger, _to("people.id", "SET NULL")),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("case_id", "reporter_id", name="uq_reports_case_id_reporter_id"),
    )
    op.create_index("ix_reports_reporter_id", "reports", ["reporter_id"])
    op.create_table(
        "moderators",
        sa.Column("person_id", sa.BigInteger, _to("people.id"), primary_key=True),
        sa.Column("since", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "sanctions",
        sa.Column("person_id", sa.BigInteger, _to("people.id"), primary_key=True),
        sa.Column("sanction", sa.Text, primary_key=True),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("case_id", sa.BigInteger, _to("cases.id", "SET NULL")),
    )


def downgrade() -> None:
    for table in ("sanctions", "moderators", "reports", "cases"):
        op.drop_table(table)
    op.drop_column("people", "suspended_until")


def _to(column: str, then: str = "CASCADE") -> sa.ForeignKey:
    return sa.ForeignKey(column, ondelete=then)

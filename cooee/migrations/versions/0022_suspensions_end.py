"""A suspended account is hidden while its suspension is written down: each is forgotten when its time is over."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_TOPIC = "moderation.suspension_over"

_people = sa.table("people", sa.column("id", sa.BigInteger), sa.column("suspended_until", sa.BigInteger))
_outbox = sa.table(
    "outbox",
    sa.column("key", sa.Text),
    sa.column("topic", sa.Text),
    sa.column("payload", sa.JSON),
    sa.column("due_at", sa.BigInteger),
    sa.column("attempts", sa.Integer),
)


def upgrade() -> None:
    tx = op.get_bind()
    held = tx.execute(sa.select(_people).where(_people.c.suspended_until.is_not(None))).all()
    if held:
        tx.execute(sa.insert(_outbox), [_end(str(row.id), row.suspended_until) for row in held])


def downgrade() -> None:
    op.get_bind().execute(sa.delete(_outbox).where(_outbox.c.topic == _TOPIC))


def _end(person: str, due_at: int) -> dict[str, object]:
    key = f"{_TOPIC}:{person}"
    return {"key": key, "topic": _TOPIC, "payload": {"person": person}, "due_at": due_at, "attempts": 0}

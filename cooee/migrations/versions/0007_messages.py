"""Direct messages, invitations into Spaces, and the words by which people are found."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from cooee.kit.columns import text_id

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    _conversations()
    _messages()
    op.create_table(
        "space_message_invitations",
        sa.Column(
            "space_id", text_id(), sa.ForeignKey("spaces.id", ondelete="CASCADE"), primary_key=True, nullable=False
        ),
        _person("by_id", primary_key=True),
        _person("person_id", primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_space_message_invitations_by", "space_message_invitations", ["by_id", "at"])
    op.create_index("ix_space_message_invitations_person_id", "space_message_invitations", ["person_id"])
    op.create_table(
        "space_access", _person("person_id", primary_key=True), sa.Column("at", sa.BigInteger, nullable=False)
    )
    word = sa.Column("word", text_id(), primary_key=True, nullable=False)
    op.create_table("person_words", word, _person("person_id", primary_key=True))
    op.create_index("ix_person_words_person_id", "person_words", ["person_id"])


def downgrade() -> None:
    for table in (
        "person_words",
        "space_access",
        "space_message_invitations",
        "message_settings",
        "messages",
        "conversation_sides",
        "conversations",
    ):
        op.drop_table(table)


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        _person("low_id"),
        _person("high_id"),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("last_id", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("low_id", "high_id", name="uq_conversations_low_id_high_id"),
    )
    op.create_index("ix_conversations_high_id", "conversations", ["high_id"])
    op.create_table(
        "conversation_sides",
        _conversation(primary_key=True),
        _person("person_id", primary_key=True),
        _person("other_id"),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("asked_at", sa.BigInteger),
        sa.Column("last_id", sa.BigInteger),
        sa.Column("heard_id", sa.BigInteger, nullable=False),
        sa.Column("read_id", sa.BigInteger, nullable=False),
        sa.Column("cleared_id", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_conversation_sides_listed", "conversation_sides", ["person_id", "state", "last_id"])
    op.create_index("ix_conversation_sides_asked", "conversation_sides", ["other_id", "asked_at"])


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        _conversation(),
        _person("sender_id"),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("attachment_kind", sa.Text),
        sa.Column("attachment_id", text_id()),
        sa.Column("deleted", sa.Boolean, nullable=False),
    )
    op.create_index("ix_messages_conversation", "messages", ["conversation_id", "id"])
    op.create_index("ix_messages_sender", "messages", ["sender_id", "id"])
    op.create_table(
        "message_settings", _person("person_id", primary_key=True), sa.Column("writers", sa.Text, nullable=False)
    )


def _person(name: str, *, primary_key: bool = False) -> sa.Column[int]:
    theirs = sa.ForeignKey("people.id", ondelete="CASCADE")
    return sa.Column(name, sa.BigInteger, theirs, primary_key=primary_key, nullable=False)


def _conversation(*, primary_key: bool = False) -> sa.Column[int]:
    its = sa.ForeignKey("conversations.id", ondelete="CASCADE")
    return sa.Column("conversation_id", sa.BigInteger, its, primary_key=primary_key, nullable=False)

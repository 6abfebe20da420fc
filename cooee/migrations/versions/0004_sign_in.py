"""How people come in: devices, invitations to sign up, e-mail addresses, passkeys, providers."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from cooee.kit.columns import text_id

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_DEVICE = ("browser", "system")
_TIMES = ("last_used_at", "confirmed_at")


def upgrade() -> None:
    for column in _DEVICE:
        op.add_column("sessions", sa.Column(column, sa.Text))
    for column in _TIMES:
        op.add_column("sessions", sa.Column(column, sa.BigInteger, nullable=False, server_default="0"))
    op.create_table(
        "signup_invitations",
        _id(),
        sa.Column("code", text_id(), nullable=False, unique=True),
        sa.Column("made_by", sa.BigInteger, sa.ForeignKey("people.id", ondelete="CASCADE"), index=True),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("most_uses", sa.Integer, nullable=False),
        sa.Column("used", sa.Integer, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
    )
    op.create_table(
        "signup_invitation_uses",
        _person(primary_key=True),
        sa.Column(
            "invitation_id",
            sa.BigInteger,
            sa.ForeignKey("signup_invitations.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
    )
    _addresses()
    _passkeys()
    _providers()


def downgrade() -> None:
    for table in (
        "provider_arrivals",
        "provider_flows",
        "provider_links",
        "passkey_challenges",
        "passkeys",
        "mail_tokens",
        "email_addresses",
        "signup_invitation_uses",
        "signup_invitations",
    ):
        op.drop_table(table)
    for column in (*_DEVICE, *_TIMES):
        op.drop_column("sessions", column)


def _addresses() -> None:
    op.create_table(
        "email_addresses",
        _person(primary_key=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("folded", text_id(), nullable=False, unique=True),
        sa.Column("verified_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "mail_tokens",
        sa.Column("token_hash", sa.LargeBinary, primary_key=True),
        _person(),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
        sa.UniqueConstraint("person_id", "purpose"),
    )


def _passkeys() -> None:
    op.create_table(
        "passkeys",
        _id(),
        _person(index=True),
        sa.Column("credential_id", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("handle", sa.LargeBinary, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("last_used_at", sa.BigInteger),
    )
    op.create_table(
        "passkey_challenges",
        sa.Column("challenge_hash", sa.LargeBinary, primary_key=True),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("handle", sa.LargeBinary),
        sa.Column("person_id", sa.BigInteger, sa.ForeignKey("people.id", ondelete="CASCADE"), index=True),
        sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
    )


def _providers() -> None:
    op.create_table(
        "provider_links",
        sa.Column("issuer", text_id(), primary_key=True),
        sa.Column("subject", text_id(), primary_key=True),
        _person(),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("person_id", "issuer"),
    )
    op.create_table(
        "provider_flows",
        sa.Column("state_hash", sa.LargeBinary, primary_key=True),
        sa.Column("browser_hash", sa.LargeBinary, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("person_id", sa.BigInteger, sa.ForeignKey("people.id", ondelete="CASCADE"), index=True),
        sa.Column("verifier", sa.Text, nullable=False),
        sa.Column("nonce", sa.Text, nullable=False),
        sa.Column("next", sa.Text, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
    )
    op.create_table(
        "provider_arrivals",
        sa.Column("token_hash", sa.LargeBinary, primary_key=True),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("username", sa.Text, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("next", sa.Text, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
    )


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False)


def _person(*, primary_key: bool = False, index: bool = False) -> sa.Column[int]:
    reference = sa.ForeignKey("people.id", ondelete="CASCADE")
    return sa.Column("person_id", sa.BigInteger, reference, primary_key=primary_key, nullable=False, index=index)

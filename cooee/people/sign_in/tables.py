"""What opens accounts, and what leads to one. No secret is stored that would open anything: hashes only."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, Table, Text, UniqueConstraint

from cooee.kit.columns import DecimalId, UtcTime, text_id
from cooee.kit.db import metadata

signup_invitations = Table(
    "signup_invitations",
    metadata,
    Column("id", DecimalId, primary_key=True, autoincrement=False),
    # In clear, because whoever made it copies the link again from the list; it opens a form, and no account.
    Column("code", text_id(), nullable=False, unique=True),
    # None: made on the command line.
    Column("made_by", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), index=True),
    Column("note", Text, nullable=False),
    Column("most_uses", Integer, nullable=False),
    Column("used", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
)

signup_invitation_uses = Table(
    "signup_invitation_uses",
    metadata,
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "invitation_id",
        DecimalId,
        ForeignKey("signup_invitations.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
)

email_addresses = Table(
    "email_addresses",
    metadata,
    # Verified ones only: what waits to be verified is in `mail_tokens`.
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("address", Text, nullable=False),
    Column("folded", text_id(), nullable=False, unique=True),
    Column("verified_at", UtcTime, nullable=False),
)

mail_tokens = Table(
    "mail_tokens",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
    # A new letter makes the link of the last one worthless.
    UniqueConstraint("person_id", "purpose"),
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("id", DecimalId, primary_key=True, autoincrement=False),
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("credential_id", LargeBinary, nullable=False, unique=True),
    # The same for all passkeys of a person: by it a device replaces its own.
    Column("handle", LargeBinary, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("last_used_at", UtcTime),
)

passkey_challenges = Table(
    "passkey_challenges",
    metadata,
    Column("challenge_hash", LargeBinary, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("handle", LargeBinary),
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), index=True),
    Column("expires_at", UtcTime, nullable=False, index=True),
)

provider_links = Table(
    "provider_links",
    metadata,
    # The issuer's own name, not the setting's: settings are renamed.
    Column("issuer", text_id(), primary_key=True),
    Column("subject", text_id(), primary_key=True),
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("person_id", "issuer"),
)

provider_flows = Table(
    "provider_flows",
    metadata,
    # Somebody was sent to a provider and has not come back yet.
    Column("state_hash", LargeBinary, primary_key=True),
    Column("browser_hash", LargeBinary, nullable=False),
    Column("provider", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("person_id", DecimalId, ForeignKey("people.id", ondelete="CASCADE"), index=True),
    Column("verifier", Text, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("next", Text, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
)

provider_arrivals = Table(
    "provider_arrivals",
    metadata,
    # Somebody came back who has no account here yet: they choose a username.
    Column("token_hash", LargeBinary, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("username", Text, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("next", Text, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
)

"""What this domain tells a person of themselves: the account, and how they stand to others."""

from typing import Any

from sqlalchemy import Connection, Table, select

from cooee.kit.errors import JsonValue
from cooee.kit.pages import rfc3339
from cooee.people import rules
from cooee.people.belongings import Belongings, Told
from cooee.people.ids import PersonId
from cooee.people.sign_in.site_tables import agreements
from cooee.people.sign_in.tables import email_addresses, mail_tokens, passkeys, provider_links, signup_invitations
from cooee.people.tables import blocks, follow_requests, follows, mutes, people, sessions


def tell(tx: Connection, person: PersonId) -> Told:
    """The account without its secrets; of others their names, as one sees them in one's lists."""
    return {
        "account": _account(tx, person),
        "ways_in": {
            "email": _rows(tx, email_addresses, "person_id", person, "address", "verified_at"),
            "letters": _rows(tx, mail_tokens, "person_id", person, "purpose", "address", "expires_at"),
            "passkeys": _rows(tx, passkeys, "person_id", person, "name", "created_at", "last_used_at"),
            "providers": _rows(tx, provider_links, "person_id", person, "issuer", "subject", "created_at"),
            "devices": _rows(tx, sessions, "person_id", person, "browser", "system", "created_at", "last_used_at"),
        },
        "signup_invitations": _rows(
            tx, signup_invitations, "made_by", person, "note", "most_uses", "used", "created_at", "expires_at"
        ),
        "following": _others(tx, follows, person, to=True),
        "followers": _others(tx, follows, person, to=False),
        "follow_requests": {
            "sent": _others(tx, follow_requests, person, to=True),
            "received": _others(tx, follow_requests, person, to=False),
        },
        "blocked": _others(tx, blocks, person, to=True),
        "muted": _others(tx, mutes, person, to=True),
    }


def _account(tx: Connection, person: PersonId) -> JsonValue:
    wanted = ("id", "username", "display_name", "bio", "language", "zone", "protected", "admin", "created_at")
    row = tx.execute(select(*(people.c[name] for name in wanted)).where(people.c.id == person)).one()
    agreed = select(agreements.c.agreed_at).where(agreements.c.person_id == person)
    told = {name: _plain(value) for name, value in row._mapping.items()}
    return {**told, "agreed_at": _plain(tx.execute(agreed).scalar_one_or_none())}


def _rows(tx: Connection, table: Table, whose: str, person: PersonId, *wanted: str) -> list[JsonValue]:
    query = select(*(table.c[name] for name in wanted)).where(table.c[whose] == person)
    return [{name: _plain(value) for name, value in row._mapping.items()} for row in tx.execute(query)]


def _others(tx: Connection, pairs: Table, person: PersonId, *, to: bool) -> list[JsonValue]:
    first, second, since = pairs.c
    mine, other = (first, second) if to else (second, first)
    query = (
        select(people.c.username, people.c.display_name, people.c.suspended_until, since.label("since"))
        .join(people, people.c.id == other)
        .where(mine == person, people.c.deleting_at.is_(None))
        .order_by(since)
    )
    return [
        {"username": row.username, "display_name": _name(row), "since": rfc3339(row.since)} for row in tx.execute(query)
    ]


def _name(row: Any) -> str:
    return rules.face(row.display_name, None, row.username, suspended=row.suspended_until is not None)[0]


def _plain(value: Any) -> JsonValue:
    return rfc3339(value) if hasattr(value, "isoformat") else value


BELONGINGS = Belongings(tell)

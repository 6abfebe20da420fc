"""Providers (OpenID Connect, Mastodon) that say who somebody is: whom they know, who is on the way, who came back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, select

from cooee.kit.db import insert_new
from cooee.kit.secrets import hashed
from cooee.people.ids import PersonId
from cooee.people.sign_in.tables import provider_arrivals as arrivals
from cooee.people.sign_in.tables import provider_flows as flows
from cooee.people.sign_in.tables import provider_links as links

LASTS = timedelta(minutes=10)
"""How long somebody may be away at a provider, and how long choose a username afterwards."""

Row = TypeVar("Row", "Flow", "Arrival")
Purpose = Literal["sign_in", "link"]
Kind = Literal["openid", "mastodon"]
"""How a provider is spoken with."""


@dataclass(frozen=True)
class Provider:
    """Somebody who says who people are, as the operator set it up."""

    id: str
    name: str
    issuer: str
    client_id: str
    client_secret: str
    scopes: str
    kind: Kind = "openid"


@dataclass(frozen=True)
class Flow:
    """Somebody who was sent to a provider."""

    browser_hash: bytes
    provider: str
    purpose: Purpose
    person_id: PersonId | None
    """Who wants the link; None to sign in."""
    verifier: str
    nonce: str
    next: str
    expires_at: datetime


@dataclass(frozen=True)
class Identity:
    """Who somebody is to a provider. The names are only proposals."""

    issuer: str
    subject: str
    username: str
    display_name: str


@dataclass(frozen=True)
class Arrival:
    """Somebody who came from a provider and has no account here yet."""

    provider: str
    issuer: str
    subject: str
    username: str
    display_name: str
    next: str
    expires_at: datetime


def proposed_username(*said: object) -> str:
    """The first of what a provider calls somebody that could be a username; empty if nothing could."""
    for name in said:
        folded = re.sub(r"[^a-z0-9_]+", "_", str(name or "").partition("@")[0].lower()).strip("_")[:30]
        if len(folded) >= 2:
            return folded
    return ""


def depart(tx: Connection, state: str, flow: Flow) -> None:
    """Somebody goes to a provider, from where they come back with `state`."""
    tx.execute(insert(flows).values({"state_hash": hashed(state), **vars(flow)}))


def come_back(tx: Connection, state: str, now: datetime) -> Flow | None:
    """Somebody comes back; nobody does so twice."""
    return _taken(tx, flows, flows.c.state_hash == hashed(state), Flow, now)


def arrive(tx: Connection, token: str, arrival: Arrival) -> None:
    """Somebody may choose a username, with this token."""
    tx.execute(insert(arrivals).values({"token_hash": hashed(token), **vars(arrival)}))


def arrival(tx: Connection, token: str, now: datetime) -> Arrival | None:
    """Who may choose a username with this token."""
    row = tx.execute(select(arrivals).where(arrivals.c.token_hash == hashed(token))).one_or_none()
    return None if row is None or row.expires_at <= now else _made(Arrival, row)


def settle(tx: Connection, token: str, now: datetime) -> Arrival | None:
    """Who chose a username with this token, for the only time."""
    return _taken(tx, arrivals, arrivals.c.token_hash == hashed(token), Arrival, now)


def known(tx: Connection, issuer: str, subject: str) -> PersonId | None:
    """Whose account the provider's word opens."""
    query = select(links.c.person_id).where(links.c.issuer == issuer, links.c.subject == subject)
    found: PersonId | None = tx.execute(query).scalar_one_or_none()
    return found


def link(tx: Connection, person: PersonId, identity: Identity | Arrival, now: datetime) -> bool:
    """The provider's word opens this account from now on; False if it opens another, or another word opens this one."""
    if known(tx, identity.issuer, identity.subject) == person:
        return True
    values = {"issuer": identity.issuer, "subject": identity.subject, "person_id": person, "created_at": now}
    return insert_new(tx, links, values)


def unlink(tx: Connection, person: PersonId, issuer: str) -> bool:
    """The provider's word opens this account no more; False if it did not."""
    mine = (links.c.person_id == person, links.c.issuer == issuer)
    return tx.execute(delete(links).where(*mine)).rowcount == 1


def linked(tx: Connection, person: PersonId) -> Sequence[str]:
    """The issuers whose word opens this account."""
    return (
        tx.execute(select(links.c.issuer).where(links.c.person_id == person).order_by(links.c.created_at))
        .scalars()
        .all()
    )


def count(tx: Connection, person: PersonId) -> int:
    """How many providers open this account."""
    return tx.execute(select(func.count()).select_from(links).where(links.c.person_id == person)).scalar_one()


def end_expired(tx: Connection, now: datetime) -> None:
    """Deletes whoever did not come back, or did not choose."""
    for table in (flows, arrivals):
        tx.execute(delete(table).where(table.c.expires_at <= now))


def _taken(tx: Connection, table: Table, mine: ColumnElement[bool], shape: type[Row], now: datetime) -> Row | None:
    row = tx.execute(select(table).where(mine)).one_or_none()
    gone = tx.execute(delete(table).where(mine)).rowcount == 1
    return None if row is None or not gone or row.expires_at <= now else _made(shape, row)


def _made(shape: type[Row], row: Any) -> Row:
    return shape(**{field.name: getattr(row, field.name) for field in fields(shape)})

"""Reading and writing who invited whom by message, and who has access to Spaces for good."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, union

from cooee.kit.db import insert_new
from cooee.people.ids import PersonId
from cooee.people.store import take_turn
from cooee.people.tables import people
from cooee.spaces.state import SpaceId
from cooee.spaces.tables import access, message_invitations


def invited_by(tx: Connection, space: SpaceId, by: PersonId) -> frozenset[PersonId]:
    """Whom `by` has invited into this Space."""
    query = select(message_invitations.c.person_id).where(
        message_invitations.c.space_id == space, message_invitations.c.by_id == by
    )
    return frozenset(tx.execute(query).scalars())


def invited_since(tx: Connection, by: PersonId, since: datetime) -> list[datetime]:
    """When `by` invited people since then. Until the transaction ends, nobody else asks this of `by`."""
    take_turn(tx, by)
    query = select(message_invitations.c.at).where(message_invitations.c.by_id == by, message_invitations.c.at > since)
    return list(tx.execute(query).scalars())


def note_invitations(
    tx: Connection, space: SpaceId, by: PersonId, invited: Collection[PersonId], now: datetime
) -> None:
    """`by` has invited these people, of whom none was invited by them before."""
    if invited:
        rows = [{"space_id": space, "by_id": by, "person_id": person, "at": now} for person in invited]
        tx.execute(insert(message_invitations), rows)


def give_access(tx: Connection, person: PersonId, now: datetime) -> None:
    """Spaces exist for this person from now on, for good."""
    insert_new(tx, access, {"person_id": person, "at": now})


def has_access(tx: Connection, person: PersonId) -> bool:
    """Whether an invitation has given this person access."""
    return tx.execute(select(func.count()).where(access.c.person_id == person)).scalar_one() > 0


def with_access(tx: Connection) -> frozenset[PersonId]:
    """Whom an invitation has given access, and administrators."""
    query = union(select(access.c.person_id), select(people.c.id).where(people.c.admin))
    return frozenset(tx.execute(query).scalars())

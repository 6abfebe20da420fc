"""Who moderates, and who is suspended from what: what the domains below ask."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from cooee.kit.db import insert_new
from cooee.moderation.rules import Rank, Sanction
from cooee.moderation.tables import moderators, sanctions
from cooee.people import store as people
from cooee.people.ids import PersonId


@dataclass(frozen=True, slots=True)
class Standing:
    """A suspension that holds."""

    sanction: Sanction
    since: datetime
    until: datetime


def rank(tx: Connection, person: PersonId, *, held: bool = False) -> Rank:
    """What somebody is on this site. `held`: and stays until this transaction ends, if it is a moderator."""
    found = people.person(tx, person)
    if found is not None and found.admin:
        return "administrator"
    query = select(moderators.c.person_id).where(moderators.c.person_id == person)
    if held:
        query = query.with_for_update(read=True)
    return "member" if tx.execute(query).first() is None else "moderator"


def name(tx: Connection, person: PersonId, now: datetime) -> None:
    """Somebody moderates from now on."""
    insert_new(tx, moderators, {"person_id": person, "since": now})


def withdraw(tx: Connection, person: PersonId) -> None:
    """Somebody moderates no longer."""
    tx.execute(delete(moderators).where(moderators.c.person_id == person))


def moderating(tx: Connection) -> Sequence[PersonId]:
    """Who moderates, since the longest first; administrators do besides."""
    return list(tx.execute(select(moderators.c.person_id).order_by(moderators.c.since)).scalars())


def suspend(tx: Connection, person: PersonId, sanction: Sanction, until: datetime, case: str, now: datetime) -> None:
    """Suspends somebody; of two suspensions the one that was decided last holds."""
    lift(tx, person, sanction)
    values = {"person_id": person, "sanction": sanction, "since": now, "until": until, "case_id": case}
    tx.execute(sanctions.insert().values(values))


def lift(tx: Connection, person: PersonId, sanction: Sanction) -> bool:
    """Suspends somebody no longer; whether they were."""
    this = (sanctions.c.person_id == person, sanctions.c.sanction == sanction)
    return tx.execute(delete(sanctions).where(*this)).rowcount == 1


def of(tx: Connection, person: PersonId, now: datetime) -> Sequence[Standing]:
    """What somebody is suspended from at this time."""
    query = select(sanctions).where(sanctions.c.person_id == person, sanctions.c.until > now)
    return [Standing(row.sanction, row.since, row.until) for row in tx.execute(query.order_by(sanctions.c.since))]


def until(tx: Connection, person: PersonId, what: Collection[Sanction], now: datetime) -> datetime | None:
    """Until when somebody is suspended from one of these, None if from none."""
    return max((standing.until for standing in of(tx, person, now) if standing.sanction in what), default=None)

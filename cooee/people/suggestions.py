"""Whom one might want to follow, and why: people whom those one follows do, else the best known."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from cooee.people import following, relations
from cooee.people.ids import PersonId
from cooee.people.tables import follow_requests, follows, people

_MOST = 20
_MOST_NAMED = 2
_AMONG = 300
"""Only the latest whom one follows are asked: whoever follows thousands is not read through each time."""


@dataclass(frozen=True)
class Suggestion:
    """Somebody to follow, and by whom of those one follows they are followed: some, and how many."""

    person: PersonId
    through: Sequence[PersonId]
    count: int


def suggestions(tx: Connection, viewer: PersonId) -> list[Suggestion]:
    """The most followed among those one follows first; then the best known of all."""
    near = _near(tx, viewer)
    through = _through(tx, viewer, list(near))
    known = [Suggestion(person, through[person][:_MOST_NAMED], count) for person, count in near.items()]
    others = [PersonId(record.id) for record in following.best_known(tx, viewer, _MOST)]
    return [*known, *(Suggestion(person, (), 0) for person in others if person not in near)][:_MOST]


def _near(tx: Connection, viewer: PersonId) -> dict[PersonId, int]:
    """By how many of those whom `viewer` follows each is followed."""
    theirs = follows.alias()
    person = theirs.c.followed_id
    query = (
        select(person, func.count().label("many"))
        .join(people, people.c.id == person)
        .where(theirs.c.follower_id.in_(_latest(viewer)), _wanted(viewer))
        .group_by(person)
        .order_by(func.count().desc(), person)
        .limit(_MOST)
    )
    return {row.followed_id: row.many for row in tx.execute(query)}


def _through(tx: Connection, viewer: PersonId, near: list[PersonId]) -> dict[PersonId, list[PersonId]]:
    found: dict[PersonId, list[PersonId]] = {person: [] for person in near}
    if near:
        query = select(follows.c.followed_id, follows.c.follower_id).where(
            follows.c.followed_id.in_(near), follows.c.follower_id.in_(_latest(viewer))
        )
        for row in tx.execute(query.order_by(follows.c.follower_id)):
            found[row.followed_id].append(row.follower_id)
    return found


def _latest(viewer: PersonId) -> Select[tuple[str]]:
    mine = follows.alias()
    known = and_(relations.present(mine.c.followed_id), ~relations.hidden_from(viewer, mine.c.followed_id))
    return (
        select(mine.c.followed_id)
        .where(mine.c.follower_id == viewer, known)
        .order_by(mine.c.created_at.desc(), mine.c.followed_id)
        .limit(_AMONG)
    )


def _wanted(viewer: PersonId) -> ColumnElement[bool]:
    """Not oneself, followed or asked already, in a block, muted, or gone."""
    followed = select(follows.c.followed_id).where(follows.c.follower_id == viewer)
    asked = select(follow_requests.c.asked_id).where(follow_requests.c.asker_id == viewer)
    person = people.c.id
    return and_(
        person != viewer,
        person.not_in(followed),
        person.not_in(asked),
        relations.there(people),
        ~relations.hidden_from(viewer, person),
    )

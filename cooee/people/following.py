"""Reading and writing who follows whom."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from cooee.people import pairs, relations
from cooee.people.ids import PersonId
from cooee.people.records import PersonRecord
from cooee.people.store import record
from cooee.people.tables import follow_requests, follows, people


def add(tx: Connection, follower: PersonId, followed: PersonId, now: datetime) -> bool:
    """`follower` follows `followed`; False if so already."""
    new = pairs.add(tx, follows, follower, followed, now)
    if new:
        _count(tx, follower, followed, 1)
    return new


def add_many(tx: Connection, pairs: Collection[tuple[PersonId, PersonId]], now: datetime) -> None:
    """(follower, followed) pairs that are all new; the counts are left to `recount`."""
    tx.execute(insert(follows), [{"follower_id": one, "followed_id": other, "created_at": now} for one, other in pairs])


def remove(tx: Connection, follower: PersonId, followed: PersonId) -> bool:
    """`follower` no longer follows `followed`; False if so already."""
    gone = pairs.remove(tx, follows, follower, followed)
    if gone:
        _count(tx, follower, followed, -1)
    return gone


def recount(tx: Connection) -> None:
    """Sets everybody's counts to what is stored."""
    followers = _how_many(follows.c.followed_id)
    following = _how_many(follows.c.follower_id)
    tx.execute(update(people).values(followers=followers, following=following))


def follows_of(tx: Connection, viewer: PersonId, others: Collection[PersonId]) -> set[PersonId]:
    """Those of `others` whom `viewer` follows."""
    query = select(follows.c.followed_id).where(follows.c.follower_id == viewer, follows.c.followed_id.in_(others))
    return set(tx.execute(query).scalars())


def is_following(tx: Connection, follower: PersonId, followed: PersonId) -> bool:
    """Whether `follower` follows `followed`."""
    return pairs.holds(tx, follows, follower, followed)


def followed_by(tx: Connection, follower: PersonId) -> set[PersonId]:
    """Everybody whom `follower` follows."""
    return set(tx.execute(select(follows.c.followed_id).where(follows.c.follower_id == follower)).scalars())


def best_known(tx: Connection, viewer: PersonId, most: int) -> list[PersonRecord]:
    """Those with the most followers whom `viewer` does not follow yet, nor asks to, and wants to hear of."""
    followed = select(follows.c.followed_id).where(follows.c.follower_id == viewer)
    asked = select(follow_requests.c.asked_id).where(follow_requests.c.asker_id == viewer)
    query = (
        select(people)
        .where(people.c.id != viewer, people.c.id.not_in(followed), people.c.id.not_in(asked))
        .where(relations.there(people), ~relations.hidden_from(viewer, people.c.id))
        .order_by(people.c.followers.desc(), people.c.id)
        .limit(most)
    )
    return [record(row) for row in tx.execute(query)]


def _how_many(side: ColumnElement[str]) -> ColumnElement[int]:
    return select(func.count()).where(side == people.c.id).scalar_subquery()


def _count(tx: Connection, follower: PersonId, followed: PersonId, step: int) -> None:
    # In the order of ids, so that two people who follow each other at once cannot lock each other out.
    steps = {follower: {"following": people.c.following + step}, followed: {"followers": people.c.followers + step}}
    for person in sorted(steps, key=int):
        tx.execute(update(people).where(people.c.id == person).values(steps[person]))

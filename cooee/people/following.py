"""Reading and writing who follows whom."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select, update

from cooee.kit.clock import from_ms, to_ms
from cooee.kit.db import insert_new
from cooee.kit.pages import Asking, cursor_of, cut
from cooee.people.ids import PersonId
from cooee.people.records import Follow, PersonRecord
from cooee.people.store import record
from cooee.people.tables import follows, people


def add(tx: Connection, follower: PersonId, followed: PersonId, now: datetime) -> bool:
    """`follower` follows `followed`; False if so already."""
    values = {"follower_id": follower, "followed_id": followed, "created_at": now}
    new = insert_new(tx, follows, values)
    if new:
        _count(tx, follower, followed, 1)
    return new


def add_many(tx: Connection, pairs: Collection[tuple[PersonId, PersonId]], now: datetime) -> None:
    """(follower, followed) pairs that are all new; the counts are left to `recount`."""
    tx.execute(insert(follows), [{"follower_id": one, "followed_id": other, "created_at": now} for one, other in pairs])


def remove(tx: Connection, follower: PersonId, followed: PersonId) -> bool:
    """`follower` no longer follows `followed`; False if so already."""
    gone = tx.execute(delete(follows).where(_pair(follower, followed))).rowcount == 1
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
    return tx.execute(select(follows.c.created_at).where(_pair(follower, followed))).one_or_none() is not None


def followed_by(tx: Connection, follower: PersonId) -> set[PersonId]:
    """Everybody whom `follower` follows."""
    return set(tx.execute(select(follows.c.followed_id).where(follows.c.follower_id == follower)).scalars())


def followers_page(tx: Connection, of: PersonId, page: Asking) -> tuple[list[PersonId], str | None]:
    """Who follows `of`, the latest first, and the cursor of the next page."""
    return _page(tx, follows.c.follower_id, follows.c.followed_id == of, page)


def following_page(tx: Connection, of: PersonId, page: Asking) -> tuple[list[PersonId], str | None]:
    """Whom `of` follows, the latest first, and the cursor of the next page."""
    return _page(tx, follows.c.followed_id, follows.c.follower_id == of, page)


def best_known(tx: Connection, viewer: PersonId, most: int) -> list[PersonRecord]:
    """Those with the most followers whom `viewer` does not follow yet."""
    known = select(follows.c.followed_id).where(follows.c.follower_id == viewer)
    query = (
        select(people)
        .where(people.c.id != viewer, people.c.id.not_in(known))
        .order_by(people.c.followers.desc(), people.c.id)
        .limit(most)
    )
    return [record(row) for row in tx.execute(query)]


def _page(
    tx: Connection, listed: ColumnElement[str], of: ColumnElement[bool], page: Asking
) -> tuple[list[PersonId], str | None]:
    since = follows.c.created_at
    query = select(listed.label("person_id"), since).where(of).order_by(since.desc(), listed.desc())
    if (after := page.numbers(2)) is not None:
        moment, last = from_ms(after[0]), str(after[1])
        query = query.where(or_(since < moment, and_(since == moment, listed < last)))
    rows = [Follow(row.person_id, row.created_at) for row in tx.execute(query.limit(page.limit + 1))]
    shown, last_shown = cut(rows, page.limit)
    cursor = None if last_shown is None else cursor_of(to_ms(last_shown.since), int(last_shown.person_id))
    return [follow.person_id for follow in shown], cursor


def _pair(follower: PersonId, followed: PersonId) -> ColumnElement[bool]:
    return and_(follows.c.follower_id == follower, follows.c.followed_id == followed)


def _how_many(side: ColumnElement[str]) -> ColumnElement[int]:
    return select(func.count()).where(side == people.c.id).scalar_subquery()


def _count(tx: Connection, follower: PersonId, followed: PersonId, step: int) -> None:
    # In the order of ids, so that two people who follow each other at once cannot lock each other out.
    steps = {follower: {"following": people.c.following + step}, followed: {"followers": people.c.followers + step}}
    for person in sorted(steps, key=int):
        tx.execute(update(people).where(people.c.id == person).values(steps[person]))

"""Following, and asking first where an account is protected: one unit of work each."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from cooee.people import facts, following, pairs, relations, standing, store
from cooee.people.errors import (
    CannotFollowYourself,
    HostsPublicSpace,
    NoFollowRequest,
    PersonNotFound,
    PublicSpacesAhead,
)
from cooee.people.ids import PersonId
from cooee.people.questions import Questions
from cooee.people.tables import follow_requests


def follow(tx: Connection, me: PersonId, other: PersonId, now: datetime) -> None:
    """`me` follows `other` from now on, or asks to if `other` is protected.

    Raises:
        PersonNotFound, CannotFollowYourself, YouBlockedThem, BlockedByThem
    """
    if me == other:
        raise CannotFollowYourself
    found = store.hold_both(tx, me, other).get(other)
    if found is None or not found.there:
        raise PersonNotFound
    standing.check_together(tx, me, other)
    if following.is_following(tx, me, other):
        return
    if found.protected:
        if pairs.add(tx, follow_requests, me, other, now):
            facts.follow_requested(tx, me, other, now)
    elif following.add(tx, me, other, now):
        facts.followed(tx, me, other, now)


def unfollow(tx: Connection, me: PersonId, other: PersonId) -> None:
    """`me` does not follow `other` any longer, nor asks to."""
    store.hold_both(tx, me, other)
    following.remove(tx, me, other)
    pairs.remove(tx, follow_requests, me, other)


def accept(tx: Connection, me: PersonId, asker: PersonId, now: datetime) -> None:
    """`asker` may follow `me`.

    Raises:
        NoFollowRequest: they do not ask, or no longer.
    """
    store.hold_both(tx, me, asker)
    if following.is_following(tx, asker, me):
        return
    if relations.is_gone(tx, asker) or not pairs.holds(tx, follow_requests, asker, me):
        raise NoFollowRequest
    _let_follow(tx, me, asker, now)


def decline(tx: Connection, me: PersonId, asker: PersonId) -> None:
    """`asker` does not follow `me`, and is not told."""
    pairs.remove(tx, follow_requests, asker, me)


def drop_follower(tx: Connection, me: PersonId, follower: PersonId) -> None:
    """`follower` follows `me` no longer, and is not told."""
    store.hold_both(tx, me, follower)
    following.remove(tx, follower, me)


def protect(tx: Connection, me: PersonId, wish: bool, asks: Questions, now: datetime) -> None:
    """Only followers read what `me` posts, or everybody does: then whoever waits for an answer is let in.

    Raises:
        HostsPublicSpace, PublicSpacesAhead
    """
    # Changed first: whoever starts or announces a Space holds this row, and one of the two sees the other.
    store.change(tx, me, {"protected": wish})
    if wish:
        hosted = asks.hosts_in_public(tx, me)
        if hosted.live:
            raise HostsPublicSpace
        if hosted.ahead:
            raise PublicSpacesAhead(hosted.ahead)
    else:
        query = select(follow_requests.c.asker_id).where(follow_requests.c.asked_id == me).with_for_update()
        for asker in sorted(tx.execute(query.order_by(follow_requests.c.asker_id)).scalars(), key=int):
            _let_follow(tx, me, asker, now)


def waiting(tx: Connection, me: PersonId) -> int:
    """How many people ask to follow `me`."""
    there = relations.present(follow_requests.c.asker_id)
    query = select(func.count()).select_from(follow_requests).where(follow_requests.c.asked_id == me, there)
    return tx.execute(query).scalar_one()


def _let_follow(tx: Connection, me: PersonId, asker: PersonId, now: datetime) -> None:
    pairs.remove(tx, follow_requests, asker, me)
    if following.add(tx, asker, me, now):
        facts.follow_accepted(tx, me, asker, now)

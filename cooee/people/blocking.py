"""Blocking and muting: one unit of work each."""

from datetime import datetime

from sqlalchemy import Connection

from cooee.people import facts, following, pairs, store
from cooee.people.errors import NotWithYourself, PersonNotFound
from cooee.people.ids import PersonId
from cooee.people.tables import blocks, follow_requests, mutes


def block(tx: Connection, me: PersonId, other: PersonId, now: datetime) -> None:
    """The two have nothing to do with each other any more: follows and requests end both ways, and stay ended.

    Raises:
        PersonNotFound, NotWithYourself
    """
    _somebody_else(tx, me, other)
    if not pairs.add(tx, blocks, me, other, now):
        return
    for one, another in ((me, other), (other, me)):
        following.remove(tx, one, another)
        pairs.remove(tx, follow_requests, one, another)
    facts.blocked(tx, me, other, now)


def unblock(tx: Connection, me: PersonId, other: PersonId) -> None:
    """`me` lets `other` near again; what ended by the block stays ended."""
    pairs.remove(tx, blocks, me, other)


def mute(tx: Connection, me: PersonId, other: PersonId, now: datetime) -> None:
    """`me` hears nothing of `other` any more, who does not notice.

    Raises:
        PersonNotFound, NotWithYourself
    """
    _somebody_else(tx, me, other)
    pairs.add(tx, mutes, me, other, now)


def unmute(tx: Connection, me: PersonId, other: PersonId) -> None:
    """`me` hears of `other` again."""
    pairs.remove(tx, mutes, me, other)


def _somebody_else(tx: Connection, me: PersonId, other: PersonId) -> None:
    if me == other:
        raise NotWithYourself
    if other not in store.hold_both(tx, me, other):
        raise PersonNotFound

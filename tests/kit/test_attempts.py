"""How often something may be tried, as all nodes count it together."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cooee.kit.attempts import KEPT, Attempts, attempts, end_expired
from cooee.kit.clock import SettableClock
from cooee.kit.db import Database
from cooee.kit.errors import TooManyRequests

NOW = SettableClock().now()
KEY = b"k" * 32


def hit(database: Database, rule: str, *who: str, after: timedelta = timedelta()) -> None:
    """One attempt, at a node of its own."""
    node = Attempts(KEY)
    database.write_now(lambda tx: node.hit(tx, rule, NOW + after, *who))


def refused(database: Database, rule: str, *who: str, after: timedelta = timedelta()) -> int:
    with pytest.raises(TooManyRequests) as refusal:
        hit(database, rule, *who, after=after)
    return refusal.value.retry_after


def test_two_nodes_count_the_same_attempts(database: Database) -> None:
    for _ in range(3):
        hit(database, "3 per hour", "sign-up", "here")
    assert refused(database, "3 per hour", "sign-up", "here") == 3600
    hit(database, "3 per hour", "sign-up", "there")
    hit(database, "3 per hour", "sign-in", "here")
    hit(database, "", "sign-up", "here")


def test_the_window_moves_on_also_over_midnight(database: Database) -> None:
    to_midnight = timedelta(hours=24) - (NOW - NOW.replace(hour=0, minute=0, second=0, microsecond=0))
    minute = timedelta(minutes=1)
    hit(database, "2 per hour", "sign-in", "me", after=to_midnight - 10 * minute)
    hit(database, "2 per hour", "sign-in", "me", after=to_midnight + minute)
    assert refused(database, "2 per hour", "sign-in", "me", after=to_midnight + 2 * minute) == 48 * 60
    hit(database, "2 per hour", "sign-in", "me", after=to_midnight + 51 * minute)


def test_whoever_only_asks_is_not_counted(database: Database) -> None:
    node = Attempts(KEY)
    for _ in range(3):
        database.write_now(lambda tx: node.check(tx, "1 per hour", NOW, "sign-up", "here"))
    hit(database, "1 per hour", "sign-up", "here")
    with pytest.raises(TooManyRequests):
        database.write_now(lambda tx: node.check(tx, "1 per hour", NOW, "sign-up", "here"))


def test_success_forgives_what_came_before(database: Database) -> None:
    for _ in range(5):
        hit(database, "1 per hour", "sign-in", "me")
        database.write_now(lambda tx: Attempts(KEY).forgive(tx, "1 per hour", NOW, "sign-in", "me"))


def test_nobody_is_named_and_after_a_week_nothing_is_kept(database: Database) -> None:
    hit(database, "1 per hour", "sign-up", "192.0.2.7")
    (row,) = database.read_now(lambda tx: tx.execute(select(attempts)).all())
    assert "192" not in row.who
    database.write_now(lambda tx: end_expired(tx, NOW + KEPT - timedelta(seconds=1)))
    assert database.read_now(lambda tx: len(tx.execute(select(attempts)).all())) == 1
    database.write_now(lambda tx: end_expired(tx, NOW + KEPT))
    assert database.read_now(lambda tx: tx.execute(select(attempts)).all()) == []

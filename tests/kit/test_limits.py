"""How often something may be tried."""

import time

import pytest

from cooee.kit.errors import TooManyRequests
from cooee.kit.limits import Limits, by_address


def test_the_attempt_over_the_limit_is_told_when_to_come_back() -> None:
    limits = Limits()
    for _ in range(3):
        limits.hit("3 per hour", "sign-up", "here")
    with pytest.raises(TooManyRequests) as refusal:
        limits.hit("3 per hour", "sign-up", "here")
    assert 3590 <= refusal.value.retry_after <= 3600
    assert refusal.value.headers() == {"Retry-After": str(refusal.value.retry_after)}


def test_others_are_not_held_up() -> None:
    limits = Limits()
    limits.hit("1 per hour", "sign-up", "here")
    limits.hit("1 per hour", "sign-up", "there")
    limits.hit("1 per hour", "sign-in", "here")


def test_a_full_window_moves_on(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = Limits()
    limits.hit("1 per minute", "post", "me")
    with pytest.raises(TooManyRequests):
        limits.hit("1 per minute", "post", "me")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 61)
    limits.hit("1 per minute", "post", "me")


def test_success_forgives_what_came_before() -> None:
    limits = Limits()
    for _ in range(5):
        limits.hit("1 per hour", "sign-in", "here")
        limits.forgive("1 per hour", "sign-in", "here")


def test_no_rule_is_no_limit() -> None:
    limits = Limits()
    for _ in range(100):
        limits.hit("", "sign-up", "here")
        limits.forgive("", "sign-up", "here")


@pytest.mark.parametrize(
    ("address", "stands_for"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("unknown", "unknown"),
    ],
)
def test_a_household_counts_as_one(address: str, stands_for: str) -> None:
    assert by_address(address) == stands_for

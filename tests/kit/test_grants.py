"""A grant opens what it names, while it lasts, and only if we signed it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooee.kit.clock import SettableClock
from cooee.kit.errors import GrantExpired, Unauthenticated
from cooee.kit.grants import LIFETIME, Grant, sign, verify

KEY = b"k" * 32
NOW = SettableClock().now()
GRANT = Grant("space:abc", "17", "whip", ("everyone", "person:17"), 3, NOW + LIFETIME)


def test_a_grant_comes_back_as_it_was_signed() -> None:
    assert verify(KEY, sign(KEY, GRANT), "whip", NOW) == GRANT


def test_it_stands_in_an_address_without_escaping() -> None:
    text = sign(KEY, replace(GRANT, participant="ÿ?/+&=" * 5))
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_it_does_not_open_another_door() -> None:
    with pytest.raises(Unauthenticated):
        verify(KEY, sign(KEY, GRANT), "whep", NOW)


def test_it_expires() -> None:
    text = sign(KEY, GRANT)
    assert verify(KEY, text, "whip", NOW + LIFETIME - timedelta(seconds=1)) == GRANT
    with pytest.raises(GrantExpired):
        verify(KEY, text, "whip", NOW + LIFETIME)


def test_another_key_signs_nothing() -> None:
    with pytest.raises(Unauthenticated):
        verify(b"x" * 32, sign(KEY, GRANT), "whip", NOW)


@given(st.data())
def test_no_change_of_a_single_character_goes_unnoticed(data: st.DataObject) -> None:
    text = sign(KEY, GRANT)
    at = data.draw(st.integers(0, len(text) - 2))
    other = data.draw(st.sampled_from("Aa0_-.").filter(lambda letter: letter != text[at]))
    with pytest.raises(Unauthenticated):
        verify(KEY, text[:at] + other + text[at + 1 :], "whip", NOW)


@given(st.text(max_size=200))
def test_anything_else_is_refused_and_breaks_nothing(text: str) -> None:
    with pytest.raises(Unauthenticated):
        verify(KEY, text, "whip", NOW)

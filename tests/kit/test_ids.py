"""Ids sort by time; tokens have no pattern."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooee.kit.clock import SettableClock, SystemClock
from cooee.kit.ids import DECIMAL_PATTERN, TEXT_PATTERN, Ids, base62

MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))


@given(MOMENTS, st.timedeltas(timedelta(milliseconds=1), timedelta(days=900)), st.data())
def test_a_later_id_sorts_after_an_earlier_one(moment: datetime, later: timedelta, data: st.DataObject) -> None:
    clock = SettableClock(moment)
    ids = Ids(clock, lambda bits: data.draw(st.integers(0, 2**bits - 1)))
    decimal, text = ids.decimal(), ids.text()
    clock.advance(later)
    assert int(decimal) < int(ids.decimal())
    assert text < ids.text()


@given(MOMENTS, st.data())
def test_every_id_has_the_shape_that_addresses_accept(moment: datetime, data: st.DataObject) -> None:
    ids = Ids(SettableClock(moment), lambda bits: data.draw(st.integers(0, 2**bits - 1)))
    assert 0 <= int(ids.decimal()) < 2**63
    assert_matches(DECIMAL_PATTERN, ids.decimal())
    assert_matches(TEXT_PATTERN, ids.text())


@given(st.lists(st.integers(0, 2**77 - 1), min_size=2, max_size=2))
def test_base62_keeps_the_order_of_numbers(numbers: list[int]) -> None:
    one, other = numbers
    assert (base62(one, 13) < base62(other, 13)) == (one < other)


def test_base62_refuses_what_does_not_fit() -> None:
    with pytest.raises(OverflowError):
        base62(62, 1)


def test_two_ids_of_one_millisecond_differ_by_their_random_bits() -> None:
    ids = Ids(SettableClock())
    assert len({ids.text() for _ in range(1000)}) == 1000


def test_tokens_never_repeat() -> None:
    ids = Ids(SystemClock())
    tokens = {ids.token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert {len(token) for token in tokens} == {43}


def assert_matches(pattern: str, text: str) -> None:
    assert re.fullmatch(pattern, text)

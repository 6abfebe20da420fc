"""Cursors."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooee.kit.errors import BadCursor
from cooee.kit.pages import Asking, asked_page, cursor_of, cut, rfc3339


@given(st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=2))
def test_a_cursor_comes_back_as_it_was_given(numbers: list[int]) -> None:
    page = asked_page(cursor_of(*numbers), 20)
    assert page.numbers(len(numbers)) == tuple(numbers)


@given(st.text(max_size=100))
def test_any_other_text_is_refused_or_read_as_numbers(text: str) -> None:
    try:
        page = asked_page(text, 20)
    except BadCursor:
        return
    assert all(0 <= number < 2**63 for number in page.after)


def test_the_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(BadCursor):
        asked_page(cursor_of(1, 2), 20).numbers(1)


def test_the_first_page_has_no_cursor() -> None:
    assert Asking((), 20).numbers(1) is None


@pytest.mark.parametrize(("rows", "shown", "last"), [([1, 2, 3], [1, 2], 2), ([1, 2], [1, 2], None), ([], [], None)])
def test_one_row_more_than_asked_for_tells_that_there_are_more(
    rows: list[int], shown: list[int], last: int | None
) -> None:
    assert cut(rows, 2) == (shown, last)


def test_times_are_written_in_utc_with_milliseconds() -> None:
    assert rfc3339(datetime(2026, 11, 21, 10, 0, 0, 5_000, UTC)) == "2026-11-21T10:00:00.005Z"

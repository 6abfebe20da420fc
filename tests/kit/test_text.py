"""What people write is kept as they meant it, without what cannot be seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooee.kit.text import clean_line, clean_text


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  two   words ", "two words"),
        ("line\nbreak\ttab", "line break tab"),
        ("nul\x00byte", "nulbyte"),
        ("cafe\u0301", "café"),
        ("evil\u202etxt.exe", "eviltxt.exe"),
        ("أهلاً", "أهلاً"),
        ("👩‍👩‍👧 family", "👩‍👩‍👧 family"),
        ("\ud800", ""),
        ("   ", ""),
    ],
)
def test_a_line(written: str, kept: str) -> None:
    assert clean_line(written) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("one\r\ntwo", "one\ntwo"),
        ("one\n\n\n\n\ntwo", "one\n\ntwo"),
        ("\n\n one \n", "one"),
        ("trailing   \nspaces", "trailing\nspaces"),
    ],
)
def test_a_text(written: str, kept: str) -> None:
    assert clean_text(written) == kept


@given(st.text())
def test_cleaning_twice_changes_nothing(written: str) -> None:
    assert clean_line(clean_line(written)) == clean_line(written)
    assert clean_text(clean_text(written)) == clean_text(written)


@given(st.text())
def test_what_is_left_can_be_stored_anywhere(written: str) -> None:
    for cleaned in (clean_line(written), clean_text(written)):
        assert "\x00" not in cleaned
        cleaned.encode()

"""Words are found in any case, with or without accents, from their beginning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooee.kit.words import folded, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ana María", ["ana", "maria"]),
        ("Straße STRASSE", ["strasse"]),
        ("İstanbul", ["istanbul"]),
        ("ﬁne, 'tis!", ["fine", "tis"]),
        ("ann_b ann", ["ann", "b"]),
        ("قَهْوَة", ["قهوة"]),
        ("東京 ラジオ", ["東京", "ラシオ"]),
        ("💜 … —", []),
        ("x" * 100, ["x" * 40]),
    ],
)
def test_words_are_folded(text: str, found: list[str]) -> None:
    assert words(text) == found


@given(st.text())
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.text())
def test_every_word_is_found_by_its_own_beginning(text: str) -> None:
    for word in words(text):
        assert words(word) == [word]

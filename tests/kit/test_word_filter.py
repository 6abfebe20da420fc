"""Which words a text has, however they are disguised."""

import pytest

from cooee.kit.word_filter import MASK, Verdict, WordFilter

FILTER = WordFilter(hide=["darn"], hold=["casino"], refuse=["Zwiebel"])


@pytest.mark.parametrize(
    "text",
    ["zwiebel", "ZWIEBEL!", "a zw1ebel.", "Zwíëbel", "zwiebeeeel", "ｚｗｉｅｂｅｌ", "zwіеbel", "so,zwiebel"],  # noqa: RUF001
)
def test_a_refused_word_is_known_in_disguise(text: str) -> None:
    assert FILTER.judge(text).what == "refused"


@pytest.mark.parametrize("text", ["", "zwiebelkuchen", "zw ie bel", "darning", "Good evening"])
def test_a_word_is_no_part_of_another(text: str) -> None:
    assert FILTER.judge(text) == Verdict("fine", text)


def test_a_hidden_word_is_masked_and_the_rest_stays_as_it_was() -> None:
    assert FILTER.judge("Ünlü, Darn it: d4rn!") == Verdict("fine", f"Ünlü, {MASK} it: {MASK}!")


def test_the_sternest_list_decides() -> None:
    assert FILTER.judge("darn casino").what == "held"
    assert FILTER.judge("darn casino zwiebel").what == "refused"


def test_without_lists_everything_is_fine() -> None:
    assert WordFilter().judge("casino") == Verdict("fine", "casino")

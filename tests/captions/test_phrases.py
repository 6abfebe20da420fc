"""Where phrases begin and end: frames of 20 ms on virtual time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooee.captions.phrases import FRAME_BYTES, FRAME_S, Begin, End, Feed, Heard, Phrase, Step, hear, wait

VOICE, QUIET = 25, 70


def piece(index: int, levels: list[int], *, ends: bool = False) -> Heard:
    """Frame n is said at n * 20 ms, and its samples are all n."""
    pcm = b"".join((index + n).to_bytes(2, "little") * (FRAME_BYTES // 2) for n in range(len(levels)))
    return Heard(index, bytes(levels), pcm, ends, (index + len(levels) - 1) * FRAME_S)


def told(*pieces: Heard) -> tuple[Phrase | None, list[Step]]:
    phrase: Phrase | None = None
    steps: list[Step] = []
    for one in pieces:
        phrase, more = hear(phrase, one)
        steps += more
    return phrase, steps


def kinds(steps: list[Step]) -> list[str]:
    return [type(step).__name__ for step in steps]


def sound(steps: list[Step]) -> bytes:
    return b"".join(step.pcm for step in steps if isinstance(step, Feed))


def test_a_phrase_is_what_the_engine_hands_over_until_it_says_that_it_ends() -> None:
    first, second = piece(10, [VOICE] * 5), piece(15, [VOICE] * 3 + [QUIET] * 25, ends=True)
    phrase, steps = told(first, second)
    assert phrase is None
    assert kinds(steps) == ["Begin", "Feed", "Feed", "End"]
    assert sound(steps) == first.pcm + second.pcm


def test_the_silence_that_ends_a_phrase_is_not_counted_as_spoken() -> None:
    _, steps = told(piece(0, [VOICE] * 50 + [QUIET] * 25, ends=True))
    assert isinstance(steps[-1], End)
    assert steps[-1].spoken == pytest.approx(49 * FRAME_S)


def test_a_pause_between_words_does_not_end_it() -> None:
    phrase, steps = told(piece(0, [VOICE] * 50 + [QUIET] * 20 + [VOICE] * 50))
    assert phrase is not None
    assert kinds(steps) == ["Begin", "Feed"]


def test_whoever_talks_for_long_is_cut_where_they_breathe() -> None:
    phrase, steps = told(piece(0, [VOICE] * 320 + [QUIET] * 10 + [VOICE] * 20))
    assert kinds(steps) == ["Begin", "Feed", "End", "Begin", "Feed"]
    assert phrase is not None
    assert (phrase.began, phrase.next) == (330, 350)


def test_who_never_breathes_is_cut_after_12_seconds() -> None:
    _, steps = told(*(piece(n * 5, [VOICE] * 5) for n in range(250)))
    assert [step.index for step in steps if isinstance(step, Begin)] == [0, 600, 1200]


def test_a_gap_ends_a_phrase_and_begins_another() -> None:
    phrase, steps = told(piece(0, [VOICE] * 5), piece(8, [VOICE] * 5))
    assert kinds(steps) == ["Begin", "Feed", "End", "Begin", "Feed"]
    assert phrase is not None
    assert phrase.began == 8


def test_a_phrase_whose_end_was_lost_is_over_after_a_second() -> None:
    phrase, _ = told(piece(0, [VOICE] * 50))
    assert wait(phrase, 1.9) == (phrase, [])
    over, (end,) = wait(phrase, 2.0)
    assert over is None
    assert isinstance(end, End)
    assert end.spoken == pytest.approx(49 * FRAME_S)
    assert wait(None, 100) == (None, [])


@given(
    st.lists(st.tuples(st.lists(st.integers(0, 127), min_size=1, max_size=80), st.booleans(), st.integers(0, 2))),
)
def test_every_sound_is_fed_once_in_order_between_a_beginning_and_an_end(
    parts: list[tuple[list[int], bool, int]],
) -> None:
    index, given_sound, pieces = 0, b"", []
    for levels, ends, gap in parts:
        index += gap
        pieces.append(piece(index, levels, ends=ends))
        given_sound += pieces[-1].pcm
        index += len(levels)
    phrase, steps = told(*pieces)
    assert sound(steps) == given_sound
    open_now = False
    for step in steps:
        match step:
            case Begin():
                assert not open_now
                open_now = True
            case Feed():
                assert open_now
            case End():
                assert open_now
                open_now = False
    assert open_now == (phrase is not None)

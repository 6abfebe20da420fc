"""Waveforms, chapters, and what a crash leaves of both."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cooee.people.ids import PersonId
from cooee.recordings.rules import Chapter, Cue, Part, Turn, Words, chapters, cues, peaks, turns
from cooee.recordings.vtt import written

AMARA, BILAL, CHEN = PersonId("1"), PersonId("2"), PersonId("3")


def spoken(*said: tuple[int, tuple[PersonId, ...]]) -> list[Turn]:
    return [Turn(at_s * 1000, who) for at_s, who in said]


def test_a_chapter_begins_when_somebody_else_has_the_word() -> None:
    said = spoken((1, (AMARA,)), (10, (BILAL,)), (20, ()), (25, (BILAL,)), (30, (AMARA,)))
    assert chapters(said, 60_000) == [Chapter(1000, AMARA), Chapter(10_000, BILAL), Chapter(30_000, AMARA)]


def test_a_remark_makes_no_chapter_and_whoever_talks_keeps_the_word_while_others_fall_in() -> None:
    said = spoken((0, (AMARA,)), (10, (BILAL,)), (12, (AMARA,)), (20, (AMARA, BILAL)), (24, (BILAL,)))
    assert chapters(said, 60_000) == [Chapter(0, AMARA), Chapter(24_000, BILAL)]


def test_nobody_speaks_and_there_are_no_chapters() -> None:
    assert chapters([], 60_000) == []
    assert chapters(spoken((0, ()), (5, ())), 60_000) == []


def test_of_very_many_chapters_the_longest_stay() -> None:
    said = [Turn(at * 5_000, (AMARA if at % 2 else BILAL,)) for at in range(1000)] + [Turn(5_000_000, (CHEN,))]
    found = chapters(said, 5_100_000, most=20)
    assert len(found) <= 20
    assert found[-1] == Chapter(5_000_000, CHEN)


@given(st.lists(st.tuples(st.integers(0, 10_000), st.lists(st.sampled_from([AMARA, BILAL, CHEN]), unique=True))))
def test_chapters_are_in_order_and_never_two_of_one_person_in_a_row(said: list[tuple[int, list[PersonId]]]) -> None:
    ordered = [Turn(at, tuple(who)) for at, who in sorted(said, key=lambda turn: turn[0])]
    found = chapters(ordered, 10_000)
    assert [chapter.at_ms for chapter in found] == sorted(chapter.at_ms for chapter in found)
    assert all(first.person != then.person for first, then in pairwise(found))


def test_turns_are_read_in_the_time_that_a_player_shows_and_a_torn_line_is_not() -> None:
    text = "0 1\n500 1 2\n900\n1500 2"
    assert turns(text, 2000) == [Turn(1920, (AMARA,)), Turn(2420, (AMARA, BILAL)), Turn(2820, ())]
    assert turns("0 1\n", 0) == [Turn(0, (AMARA,))]
    assert turns("", 0) == turns("12", 0) == []


PARTS = [Part(10_000, 0, 5_000), Part(60_000, 5_000, 5_000)]


def test_words_are_read_when_they_are_heard_and_what_was_said_between_two_parts_is_not() -> None:
    said = [
        Words(AMARA, 11_080, 2_000, "First"),
        Words(BILAL, 15_000, 500, "Nobody recorded this"),
        Words(CHEN, 61_080, 300, "After the pause"),
        Words(AMARA, 64_500, 9_000, "Until the end"),
    ]
    assert cues(said, PARTS, 9_900) == [
        Cue(AMARA, 1_000, 3_000, "First"),
        Cue(CHEN, 6_000, 7_200, "After the pause"),
        Cue(AMARA, 9_420, 9_900, "Until the end"),
    ]


def test_what_was_said_as_the_recording_began_is_read_from_its_beginning() -> None:
    assert cues([Words(AMARA, 9_500, 2_000, "We are on")], PARTS, 9_900) == [Cue(AMARA, 0, 2_000, "We are on")]


@given(st.lists(st.tuples(st.integers(0, 80_000), st.integers(0, 20_000))))
def test_cues_are_in_order_and_within_the_replay(said: list[tuple[int, int]]) -> None:
    found = cues([Words(AMARA, at, lasted, "x") for at, lasted in said], PARTS, 9_900)
    assert [cue.start_ms for cue in found] == sorted(cue.start_ms for cue in found)
    assert all(0 <= cue.start_ms < cue.end_ms <= 9_900 for cue in found)


def test_captions_are_written_so_that_no_name_and_no_word_breaks_the_file() -> None:
    cue = Cue(AMARA, 3_723_004, 3_725_000, "a --> b & <i>\n\n1 < 2")
    assert written([("Amara <3\nBo", cue)]) == (
        "WEBVTT\n\n01:02:03.004 --> 01:02:05.000\n<v Amara &lt;3 Bo>a --&gt; b &amp; &lt;i&gt; 1 &lt; 2\n"
    )
    assert written([]) == "WEBVTT\n"


def test_a_waveform_has_the_loudest_of_each_span() -> None:
    assert peaks(bytes([1, 9, 3, 4, 5, 100]), most=3) == [9, 4, 100]
    assert peaks(bytes([7, 8]), most=480) == [7, 8]
    assert peaks(b"") == []


@given(st.binary(max_size=2000), st.integers(1, 500))
def test_a_waveform_is_never_longer_than_asked_and_never_louder_than_full(levels: bytes, most: int) -> None:
    found = peaks(levels, most)
    assert len(found) == min(most, len(levels))
    assert all(0 <= peak <= 100 for peak in found)

"""The measure itself: it lets good sound pass, and catches each way in which sound goes bad."""

from pathlib import Path

import numpy as np
import pytest

from tests.live.sound import FRAME, RATE, Sound, active, compare, first_sound, levels, load, save

SPEECH = Path(__file__).parent / "speech"


@pytest.fixture(scope="module")
def novel() -> Sound:
    return load(SPEECH / "novel.flac")


@pytest.fixture(scope="module")
def received(novel: Sound) -> Sound:
    """Ten seconds from somewhere in the loop, a little quieter, with some noise, as a good connection gives it."""
    noise = np.random.default_rng(1).normal(0, 0.001, 10 * RATE).astype(np.float32)
    return np.asarray(np.tile(novel, 2)[20 * RATE : 30 * RATE] * 0.7 + noise, np.float32)


def longest_pause(sound: Sound) -> tuple[int, int]:
    """Where nobody talks for longest, in samples."""
    spoken = np.flatnonzero(np.concatenate([[True], active(levels(sound)), [True]]))
    widest = int(np.argmax(np.diff(spoken)))
    return int(spoken[widest]) * FRAME, int(spoken[widest + 1] - 1) * FRAME


def test_a_good_recording_is_found_in_the_loop_and_is_intelligible(novel: Sound, received: Sound) -> None:
    heard = compare(novel, received)
    assert heard.intelligibility > 0.97
    assert heard.longest_gap == 0
    assert heard.speaking > 5


def test_time_that_a_jitter_buffer_stretches_does_no_harm(novel: Sound, received: Sound) -> None:
    period = RATE // 125
    pieces = np.split(received, range(RATE, len(received), RATE))
    stretched = np.concatenate([part for piece in pieces for part in (piece, piece[-period:])])
    heard = compare(novel, stretched)
    assert heard.intelligibility > 0.9
    assert heard.longest_gap < 0.1


@pytest.mark.parametrize("start_s", [1.0, 3.3, 6.6])
def test_a_silence_of_300_ms_amid_speech_is_a_gap(novel: Sound, received: Sound, start_s: float) -> None:
    cut = received.copy()
    cut[int(start_s * RATE) : int((start_s + 0.3) * RATE)] = 0
    gap = max(compare(novel, cut).gaps, key=lambda gap: gap.length)
    assert 0.2 < gap.length < 0.35
    assert gap.at + 0.25 == pytest.approx(start_s, abs=0.25)


def test_speech_left_out_without_a_silence_is_a_gap(novel: Sound, received: Sound) -> None:
    spliced = np.concatenate([received[: 4 * RATE], received[int(4.3 * RATE) :]])
    assert compare(novel, spliced).longest_gap == pytest.approx(0.3, abs=0.05)


def spoken_throughout(sound: Sound, length_s: float) -> list[int]:
    """Samples, some seconds apart, from which on somebody talks for so long without a pause."""
    frames = int(length_s * RATE) // FRAME
    talking = np.convolve(active(levels(sound)), np.ones(frames), "valid") == frames
    starts: list[int] = []
    for start in np.flatnonzero(talking[60 : len(talking) - 60]) + 60:
        if not starts or start * FRAME - starts[-1] > 1.2 * RATE:
            starts.append(int(start) * FRAME)
    return starts


@pytest.mark.parametrize(("length_s", "caught"), [(0.12, True), (0.08, False)])
def test_a_silence_of_more_than_a_tenth_of_a_second_is_caught_wherever_it_is(
    novel: Sound, received: Sound, length_s: float, caught: bool
) -> None:
    starts, cut = spoken_throughout(received, length_s), received.copy()
    for start in starts:
        cut[start : start + int(length_s * RATE)] = 0
    heard = compare(novel, cut)
    assert len(starts) >= 5
    assert len([gap for gap in heard.gaps if gap.length > 0.1]) == (len(starts) if caught else 0)


@pytest.mark.parametrize(("length_s", "caught"), [(0.12, True), (0.08, False)])
def test_more_than_a_tenth_of_a_second_left_out_without_a_silence_is_caught_wherever_it_is(
    novel: Sound, received: Sound, length_s: float, caught: bool
) -> None:
    starts = spoken_throughout(received, length_s)
    left_out = [np.arange(start, start + int(length_s * RATE)) for start in starts]
    heard = compare(novel, np.delete(received, np.concatenate(left_out)))
    assert len(starts) >= 5
    assert len([gap for gap in heard.gaps if gap.length > 0.1]) == (len(starts) if caught else 0)


@pytest.mark.parametrize("starts_s", [(2.9, 6.5), (4.7,), (7.4,)])
def test_a_jitter_buffer_that_hurries_amid_speech_leaves_no_gap(
    novel: Sound, received: Sound, starts_s: tuple[float, ...]
) -> None:
    # A period of the voice out of every 33 ms, for half a second: as much as is a gap if it is left out at once.
    starts = [start_s + n / 30 for start_s in starts_s for n in range(15)]
    periods = [np.arange(RATE // 125) + int(start * RATE) for start in starts]
    assert compare(novel, np.delete(received, np.concatenate(periods))).longest_gap <= 0.1


@pytest.mark.parametrize("left_out_s", [0.15, 1.0, 5.0])
def test_speech_left_out_is_a_gap_however_long(novel: Sound, left_out_s: float) -> None:
    loop = np.tile(novel, 2)
    spliced = np.concatenate([loop[20 * RATE : 24 * RATE], loop[int((24 + left_out_s) * RATE) :][: 6 * RATE]])
    assert compare(novel, spliced).longest_gap == pytest.approx(left_out_s, abs=0.05)


@pytest.mark.parametrize("elsewhere_s", [1.0, 9.0, 15.0, 19.0])
def test_a_pause_that_sounds_like_another_place_misleads_nobody(
    novel: Sound, received: Sound, elsewhere_s: float
) -> None:
    begin, end = longest_pause(received)
    echo = novel[int(elsewhere_s * RATE) :][: end - begin] * 0.03
    misleading = received.copy()
    misleading[begin:end] = echo
    heard = compare(novel, misleading)
    assert heard.longest_gap < 0.05
    assert heard.intelligibility > 0.95


def test_the_last_sound_before_a_pause_and_the_first_after_it_are_not_one_gap(novel: Sound, received: Sound) -> None:
    begin, end = longest_pause(received)
    clipped = received.copy()
    clipped[begin - RATE // 50 : end + RATE // 50] = 0
    assert compare(novel, clipped).longest_gap < 0.05


def test_a_lost_packet_of_20_ms_is_no_long_gap(novel: Sound, received: Sound) -> None:
    lossy = received.copy()
    lossy[3 * RATE : 3 * RATE + RATE // 50] = 0
    assert compare(novel, lossy).longest_gap < 0.05


def test_noise_as_loud_as_the_speech_is_not_intelligible(novel: Sound, received: Sound) -> None:
    noise = np.random.default_rng(2).normal(0, float(np.std(received)), len(received))
    assert compare(novel, np.asarray(received + noise, np.float32)).intelligibility < 0.85


@pytest.mark.parametrize("other", ["numbers.flac", "cards.flac"])
def test_another_voice_is_not_taken_for_this_one(novel: Sound, other: str) -> None:
    heard = compare(novel, np.tile(load(SPEECH / other), 2)[: 10 * RATE])
    assert heard.intelligibility < 0.5


def test_silence_is_one_long_gap(novel: Sound) -> None:
    heard = compare(novel, np.zeros(10 * RATE, np.float32))
    assert heard.longest_gap > 1
    assert first_sound(heard.recording) is None


def test_every_second_frame_lost_is_not_intelligible(novel: Sound, received: Sound) -> None:
    chopped = received.copy()
    frames = chopped.reshape(-1, RATE // 25)
    frames[::2] = 0
    assert compare(novel, chopped).intelligibility < 0.85


def test_a_recording_survives_the_way_through_a_file(novel: Sound, tmp_path: Path) -> None:
    save(tmp_path / "said.wav", novel, 48_000)
    assert compare(novel, load(tmp_path / "said.wav")[: 8 * RATE]).intelligibility > 0.98


def test_the_first_sound_is_found() -> None:
    sound = np.concatenate([np.zeros(RATE), 0.1 * np.ones(RATE)]).astype(np.float32)
    assert first_sound(sound) == pytest.approx(1.0, abs=0.02)

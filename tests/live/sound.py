"""Compares what a listener received with what was said.

A microphone in the tests plays a file in a loop, and a browser stretches and shrinks time as its jitter buffer needs.
So the speech is first laid along the recording, window by window; then the two can be compared sample by sample.

Sounds are mono float32 at `RATE`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import cast

import numpy as np
import soundfile
from numpy.typing import NDArray
from pystoi import stoi
from scipy.signal import fftconvolve, resample_poly

Sound = NDArray[np.float32]

RATE = 16_000
FRAME = RATE // 100
WINDOW = RATE // 2
HOP = WINDOW // 2
DRIFT = RATE * 3 // 50
"""How far, at most, the speech moves against the recording from one window to the next: 60 ms."""
REST = 20
"""Frames: a pause of 200 ms is more than one between words."""
SURE = 0.35
"""A correlation above this is the same speech; below it a window keeps the place of the one before."""
LEAP = 1.5
"""What a leap to another place costs: so much more must the windows after it be like the speech there."""
LANDINGS = 3
"""To how many places of the loop, those most like it, each window may leap."""
PATHS = 6
"""How many ways of laying the speech along the recording are followed at a time."""
CREPT = RATE * 9 // 100
"""So far, in two or three steps, the speech moves where it may have been left out at once: 90 ms."""
ONCE = 0.8
"""It was, if the recording is so like the speech with that one piece left out."""
HURRIED = RATE // 4
"""A buffer that hurries may be laid along as one leap of up to 250 ms…"""
NOWHERE = 0.35
"""…where the recording, loud enough to tell, is not even so like the speech with that one piece left out."""
SAME = RATE // 200
"""Two ways that are less than 5 ms apart are one."""


@dataclass(frozen=True)
class Gap:
    """Speech that is missing: from when in the recording, and for how long, in seconds."""

    at: float
    length: float


@dataclass(frozen=True)
class Heard:
    """A recording, with the speech laid along it."""

    recording: Sound
    speech: Sound
    jumps: tuple[Gap, ...]
    """Speech that was left out of the recording without a silence in its place."""

    @cached_property
    def intelligibility(self) -> float:
        """Short-time objective intelligibility (Taal et al. 2010): 1 is the original."""
        return float(stoi(self.speech, self.recording, RATE))

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Every stretch of 20 ms or more in which there is speech to be heard, and nothing is."""
        return (*silences(self.speech, self.recording), *self.jumps)

    @property
    def longest_gap(self) -> float:
        return max((gap.length for gap in self.gaps), default=0.0)

    @property
    def speaking(self) -> float:
        """For how many seconds of the recording there is speech."""
        return float(np.count_nonzero(active(levels(self.speech)))) * FRAME / RATE


def load(path: Path) -> Sound:
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return resampled(samples.mean(axis=1), rate)


def save(path: Path, sound: Sound, rate: int = RATE) -> None:
    soundfile.write(path, resampled(sound, RATE, rate), rate, subtype="PCM_16")


def resampled(sound: NDArray[np.floating], rate: int, wanted: int = RATE) -> Sound:
    divisor = int(np.gcd(rate, wanted))
    return np.asarray(resample_poly(sound, wanted // divisor, rate // divisor), np.float32)


def compare(said: Sound, recording: Sound) -> Heard:
    """Lays `said`, which was played in a loop, along the recording."""
    places = _places(said, recording)
    speech = np.zeros(len(recording), np.float32)
    fade = np.hanning(WINDOW + 1)[:WINDOW].astype(np.float32)
    for index, place in enumerate(places):
        start = index * HOP
        piece = _looped(said, start + place, WINDOW)
        speech[start : start + WINDOW] += piece * fade
    whole = slice(HOP, (len(places) - 1) * HOP)
    return Heard(recording[whole], speech[whole], _jumps(places, said, recording))


def energy(sound: Sound) -> float:
    """In dBFS; silence is -120."""
    return float(20 * np.log10(max(1e-6, np.sqrt(np.mean(np.square(sound)) if len(sound) else 0.0))))


def first_sound(recording: Sound, above_dbfs: float = -45.0) -> float | None:
    """When, in seconds, the recording is first louder than that."""
    loud = np.flatnonzero(levels(recording) > above_dbfs)
    return None if len(loud) == 0 else float(loud[0]) * FRAME / RATE


def levels(sound: Sound) -> NDArray[np.float32]:
    """The level of each frame of 10 ms in dBFS."""
    frames = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME)
    return np.asarray(20 * np.log10(np.maximum(1e-6, np.sqrt(np.mean(np.square(frames), axis=1)))), np.float32)


def active(frame_levels: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which frames are speech rather than the pause between words: within 20 dB of the loud ones."""
    return frame_levels > max(float(np.percentile(frame_levels, 95)) - 20, -60.0)


def silences(speech: Sound, recording: Sound) -> tuple[Gap, ...]:
    """Where the speech goes on and the recording, brought to the same level, is 20 dB below it.

    A pause between words within such a stretch belongs to it; it ends with the first frame that is heard, or where
    nobody talks for a while: no speech is lost there.
    """
    said, got = levels(speech), levels(recording)
    spoken = active(said)
    if not spoken.any():
        return ()
    gain = float(np.median((said - got)[spoken & (got > -60)])) if (spoken & (got > -60)).any() else 0.0
    missing = spoken & (got + gain < said - 20)
    heard = spoken & ~missing
    gaps: list[Gap] = []
    first = last = -1
    for index in range(len(spoken)):
        if missing[index]:
            first, last = (index if first < 0 else first), index
        if first >= 0 and (heard[index] or index - last > REST or index == len(spoken) - 1):
            gaps.append(Gap(first * FRAME / RATE, (last + 1 - first) * FRAME / RATE))
            first = -1
    return tuple(gap for gap in gaps if gap.length >= 0.02)


@dataclass(frozen=True)
class _Path:
    """The speech laid along the recording up to some window, and how like they are in all."""

    place: int
    score: float
    before: "_Path | None"


def _places(said: Sound, recording: Sound) -> list[int]:
    """For each window of the recording, how far the loop of `said` is ahead of it, in samples.

    Of all ways the likest (Viterbi, the best few kept). A window counts by its loudness, since in a pause anything is
    like anything; and a leap costs, so that no single window makes one.
    """
    count = max(1, (len(recording) - WINDOW) // HOP + 1)
    windows = [recording[index * HOP : index * HOP + WINDOW] for index in range(count)]
    loop = _looped(said, 0, len(said) + WINDOW)
    paths: list[_Path] = []
    for index, (window, weight) in enumerate(zip(windows, _weights(windows), strict=True)):
        paths = _likest([*_on(paths, said, window, index * HOP, weight), *_leapt(paths, loop, window, index, weight)])
    places: list[int] = []
    path: _Path | None = paths[0]
    while path is not None:
        places.append(path.place)
        path = path.before
    return places[::-1]


def _weights(windows: list[Sound]) -> NDArray[np.float64]:
    """How much each window says of its place: 1 for speech, less the quieter it is, nothing 30 dB below."""
    loudness = np.array([energy(window) for window in windows])
    return np.asarray(np.clip(1 + (loudness - np.percentile(loudness, 80) + 10) / 20, 0, 1), np.float64)


def _on(paths: list[_Path], said: Sound, window: Sound, start: int, weight: float) -> Iterator[_Path]:
    """Each path goes on close by, as a jitter buffer stretches and shrinks time; in a pause straight on."""
    for path in paths:
        likeness = _likeness(_looped(said, start + path.place - DRIFT, len(window) + 2 * DRIFT), window)
        offset = int(np.argmax(likeness)) if likeness.max() > SURE and weight > 0 else DRIFT
        yield _Path(path.place + offset - DRIFT, path.score + weight * float(likeness[offset]), path)


def _leapt(paths: list[_Path], loop: Sound, window: Sound, index: int, weight: float) -> Iterator[_Path]:
    """The best path leaps to where the loop is most like the window; there the first window begins."""
    best = paths[0] if paths else None
    likeness = _likeness(loop, window)[: len(loop) - len(window)]
    for _ in range(LANDINGS if weight > 0 or best is None else 0):
        position = int(np.argmax(likeness))
        score = weight * float(likeness[position])
        here = 0 if best is None else best.place
        place = here + _signed(position - index * HOP - here, len(likeness))
        yield _Path(place, score if best is None else best.score + score - LEAP, best)
        likeness[max(0, position - DRIFT) : position + DRIFT] = 0


def _likest(paths: list[_Path]) -> list[_Path]:
    kept: list[_Path] = []
    for path in sorted(paths, key=lambda path: path.score, reverse=True):
        if len(kept) < PATHS and all(abs(path.place - other.place) > SAME for other in kept):
            kept.append(path)
    return kept


def _likeness(longer: Sound, window: Sound) -> NDArray[np.float64]:
    """Normalized correlation of the window with each stretch of `longer` as long as itself."""
    length = len(window)
    products = fftconvolve(longer.astype(np.float64), window[::-1].astype(np.float64), mode="valid")
    sums = np.concatenate([[0.0], np.cumsum(np.square(longer.astype(np.float64)))])
    power = np.maximum(sums[length:] - sums[:-length], 0) * float(np.sum(np.square(window.astype(np.float64))))
    floor = 1e-4 * length
    return cast(NDArray[np.float64], products / (np.sqrt(power) + floor * 1e-2))


def _looped(said: Sound, start: int, length: int) -> Sound:
    return said[np.arange(start, start + length) % len(said)]


def _signed(distance: int, loop: int) -> int:
    """The distance the shorter way round the loop."""
    return (distance + loop // 2) % loop - loop // 2


def _jumps(places: list[int], said: Sound, recording: Sound) -> tuple[Gap, ...]:
    """Where the speech runs ahead at once by more than a jitter buffer does."""
    steps = [_signed(after - before, len(said)) for before, after in pairwise(places)]

    def is_at_once(index: int, step: int) -> bool:
        at, around = index * HOP + WINDOW // 2, recording[index * HOP + WINDOW // 2 :][:HOP]
        if step > HURRIED or energy(around) < energy(recording) - 10:
            return True
        before, after = (_looped(said, at + places[there], len(around)) for there in (index, index + 1))
        return _parted(before, after, around)[1] > NOWHERE

    leaps = [(index, step) for index, step in enumerate(steps) if step > DRIFT and is_at_once(index, step)]
    return (
        *(Gap((index + 1) * HOP / RATE, step / RATE) for index, step in leaps),
        *_crept(places, steps, said, recording),
    )


def _crept(places: list[int], steps: list[int], said: Sound, recording: Sound) -> Iterator[Gap]:
    """Where it was laid along in two or three steps, none of them a gap by itself, and yet ran ahead at once.

    A buffer that hurries takes out a little here and a little there. Then the recording is not like one piece of the
    speech up to some moment, and another one from there on.
    """
    index = 0
    while index + 2 <= len(steps):
        for count in (3, 2):
            moved = steps[index : index + count]
            if len(moved) == count and sum(moved) > CREPT and max(moved) <= RATE // 10:
                start, end = index * HOP + WINDOW // 2, (index + count) * HOP + WINDOW // 2
                before, after = (_looped(said, start + places[at], end - start) for at in (index, index + count))
                at, likeness = _parted(before, after, recording[start:end])
                if likeness > ONCE:
                    yield Gap((start + at) / RATE, sum(moved) / RATE)
                    index += count
                    break
        index += 1


def _parted(before: Sound, after: Sound, recording: Sound) -> tuple[int, float]:
    """When `before` best gives way to `after`, to be like the recording, and how like it they are then."""

    def joined(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float64]:
        """For each moment, the sum of `one` until then and of `other` from then on."""
        until, since = np.cumsum(one, dtype=np.float64), np.cumsum(other, dtype=np.float64)
        return np.asarray(until + since[-1] - since, np.float64)

    products = joined(before * recording, after * recording)
    power = joined(np.square(before), np.square(after)) * float(np.sum(np.square(recording, dtype=np.float64)))
    likeness = products / np.sqrt(power + 1e-12)
    at = int(np.argmax(likeness))
    return at, float(likeness[at])

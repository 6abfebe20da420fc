"""Compares what a listener received with what was said.

A microphone in the tests plays a file in a loop, and a browser stretches and shrinks time as its jitter buffer needs.
So the speech is first laid along the recording, window by window; then the two can be compared sample by sample.

Sounds are mono float32 at `RATE`.
"""

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
SURE = 0.35
"""A correlation above this is the same speech; below it a window keeps the place of the one before."""
LOST = 0.5
"""Below this a window is searched for in the whole loop."""
ANCHORS = 4
"""Every fourth window is searched for in the whole loop, and the surest of them is where following starts."""


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
    return Heard(recording[whole], speech[whole], _jumps(places, said))


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

    A pause between words within such a stretch belongs to it; it ends with the first frame that is heard.
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
        if first >= 0 and (heard[index] or index == len(spoken) - 1):
            gaps.append(Gap(first * FRAME / RATE, (last + 1 - first) * FRAME / RATE))
            first = -1
    return tuple(gap for gap in gaps if gap.length >= 0.02)


def _places(said: Sound, recording: Sound) -> list[int]:
    """For each window of the recording, how far the loop of `said` is ahead of it, in samples."""
    count = max(1, (len(recording) - WINDOW) // HOP + 1)
    windows = [recording[index * HOP : index * HOP + WINDOW] for index in range(count)]
    anywhere = {index: _best(said, windows[index], index * HOP) for index in range(0, count, ANCHORS)}
    surest = max(anywhere, key=lambda index: anywhere[index][1])
    places = [0] * count
    places[surest] = anywhere[surest][0]
    for order, step in ((range(surest + 1, count), -1), (range(surest - 1, -1, -1), 1)):
        for index in order:
            places[index] = _follow(said, windows[index], index * HOP, places[index + step])
    return places


def _best(said: Sound, window: Sound, start: int) -> tuple[int, float]:
    """The place, anywhere in the loop, that is most like the window, and how like it is (0 to 1)."""
    likeness = _likeness(_looped(said, 0, len(said) + len(window)), window)
    position = int(np.argmax(likeness))
    return (position - start) % len(said), float(likeness[position])


def _follow(said: Sound, window: Sound, start: int, place: int) -> int:
    """The window's place, given that of its neighbour: close by if it can be, else wherever it surely is."""
    likeness = _likeness(_looped(said, start + place - DRIFT, len(window) + 2 * DRIFT), window)
    offset = int(np.argmax(likeness))
    near = float(likeness[offset])
    if near < LOST:
        other, far = _best(said, window, start)
        if far > LOST and far > near + 0.2:
            return place + _signed(other - place, len(said))
    return place + offset - DRIFT if near > SURE else place


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


def _jumps(places: list[int], said: Sound) -> tuple[Gap, ...]:
    """Where the speech runs ahead at once by more than a jitter buffer does."""
    leaps = ((index, _signed(after - before, len(said))) for index, (before, after) in enumerate(pairwise(places)))
    return tuple(Gap((index + 1) * HOP / RATE, leap / RATE) for index, leap in leaps if leap > DRIFT)

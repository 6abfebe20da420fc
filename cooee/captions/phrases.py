"""Where a phrase begins and ends, told from loudness alone. Pure: time is in what is heard."""

from dataclasses import dataclass

FRAME_BYTES = 640
FRAME_S = 0.02

_QUIET_DB = 50
"""So far below full scale nobody is understood…"""
_BELOW_VOICE_DB = 20
"""…nor so far below the loudest of the phrase."""
_BREATH = 10
"""Frames of quiet at which a phrase that is long enough ends: 200 ms."""
_LONG = 300
"""Frames after which the next breath ends it: 6 s."""
_LONGEST = 600
"""Frames after which it ends in the middle of a word: 12 s."""
LOST_S = 1.0
"""So long after the last that was heard, its end was lost on the way."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An unbroken piece of a voice: one byte of `levels` (dB below full scale) and `FRAME_BYTES` of `pcm` per frame.

    `at`: when its last frame was said, in seconds of a clock that never goes back.
    """

    index: int
    levels: bytes
    pcm: bytes
    ends: bool
    at: float


@dataclass(frozen=True, slots=True)
class Phrase:
    """What somebody is saying: from frame `began` to before frame `next`."""

    began: int
    next: int
    at: float
    quiet: int = 0
    loudest: int = 127


@dataclass(frozen=True, slots=True)
class Begin:
    """A phrase begins with frame `index`, which was said `at`."""

    index: int
    at: float


@dataclass(frozen=True, slots=True)
class Feed:
    """It goes on."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class End:
    """It is over. `spoken`: when its last voice was heard, which is before the silence that ends it."""

    spoken: float


Step = Begin | Feed | End


def hear(phrase: Phrase | None, heard: Heard) -> tuple[Phrase | None, list[Step]]:
    """What a piece of a voice makes of the phrase: its steps, in their order."""
    steps: list[Step] = []
    if phrase is not None and phrase.next != heard.index:
        steps.append(_end(phrase))
        phrase = None
    frames = len(heard.levels)
    first = 0
    for frame, level in enumerate(heard.levels):
        index = heard.index + frame
        said = heard.at - (frames - 1 - frame) * FRAME_S
        if phrase is None:
            phrase = Phrase(index, index, said)
            steps.append(Begin(index, said))
        phrase = _with(phrase, level, said)
        over = heard.ends and frame == frames - 1
        if over or _is_enough(phrase):
            steps += [Feed(heard.pcm[first * FRAME_BYTES : (frame + 1) * FRAME_BYTES]), _end(phrase)]
            phrase, first = None, frame + 1
    if phrase is not None and first < frames:
        steps.append(Feed(heard.pcm[first * FRAME_BYTES :]))
    return phrase, steps


def wait(phrase: Phrase | None, now: float, lost_s: float = LOST_S) -> tuple[Phrase | None, list[Step]]:
    """What the passing of time makes of it: nothing came for `lost_s`."""
    if phrase is None or now - phrase.at < lost_s:
        return phrase, []
    return None, [_end(phrase)]


def _with(phrase: Phrase, level: int, said: float) -> Phrase:
    loudest = min(phrase.loudest, level)
    quiet = level >= min(_QUIET_DB, loudest + _BELOW_VOICE_DB)
    return Phrase(phrase.began, phrase.next + 1, said, phrase.quiet + 1 if quiet else 0, loudest)


def _is_enough(phrase: Phrase) -> bool:
    frames = phrase.next - phrase.began
    return frames >= _LONGEST or (frames >= _LONG and phrase.quiet >= _BREATH)


def _end(phrase: Phrase) -> End:
    return End(phrase.at - phrase.quiet * FRAME_S)

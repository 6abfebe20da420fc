"""What a recording says of itself: its shape to look at, and who speaks when. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from cooee.people.ids import PersonId

PEAKS = 480
"""So many columns a waveform has at most."""
CLIP_PEAKS = 160
"""A clip's has fewer: of a minute, each is as long as a syllable or two."""

MOST_CHAPTERS = 200
MOST_PINS = 100
_SHORTEST_CHAPTER_MS = 4_000
"""Whoever says less in between makes no chapter."""

_SHORTEST_CUE_MS = 1_200
"""What is shorter cannot be read."""

_BEGINNING_MS = 1_000
"""Between the word that it is recorded and the first frame on the disk, at most."""

LEVEL_MS = 20
SETTLING_MS = 80
"""What a player leaves out at the start (RFC 7845 §4.2): what was written at 80 ms is played at 0."""

SHORTEST = timedelta(seconds=1)
"""What is shorter is no replay."""

LONGEST_CLIP = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Turn:
    """From when on who is audible."""

    at_ms: int
    speakers: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """From when on somebody has the word."""

    at_ms: int
    person: PersonId


@dataclass(frozen=True, slots=True)
class Part:
    """What was recorded without a break: when it began, where it stands in the whole, and how long it is."""

    began_ms: int
    start_ms: int
    length_ms: int


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody said, and when (milliseconds since 1970)."""

    person: PersonId
    at_ms: int
    lasted_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Cue:
    """When in the replay which words are read."""

    person: PersonId
    start_ms: int
    end_ms: int
    text: str


def cues(said: Sequence[Words], parts: Sequence[Part], duration_ms: int) -> list[Cue]:
    """Where in the replay words are read, in its order. What was said outside of its parts is not in it."""
    found: list[Cue] = []
    for words in said:
        start = place(words.at_ms, parts)
        if start is None:
            continue
        end = min(duration_ms, start + max(words.lasted_ms, _SHORTEST_CUE_MS))
        if start < end:
            found.append(Cue(words.person, start, end, words.text))
    return sorted(found, key=lambda cue: cue.start_ms)


def place(at_ms: int, parts: Sequence[Part]) -> int | None:
    """Where in the replay a moment is; None if it was not recorded."""
    part = next((part for part in parts if _is_in(part, at_ms)), None)
    return None if part is None else max(0, part.start_ms + max(0, at_ms - part.began_ms) - SETTLING_MS)


def _is_in(part: Part, at_ms: int) -> bool:
    return part.began_ms - _BEGINNING_MS <= at_ms < part.began_ms + part.length_ms


def turns(text: str, start_ms: int) -> list[Turn]:
    """What the engine wrote down (`turns`) of a part that begins at `start_ms`. A torn last line is left out."""
    lines = (line.split() for line in text[: text.rfind("\n") + 1].splitlines())
    return [
        Turn(max(0, start_ms + int(at) - SETTLING_MS), tuple(map(PersonId, speakers)))
        for at, *speakers in lines
        if at.isdecimal()
    ]


def peaks(levels: bytes, most: int = PEAKS) -> list[int]:
    """The loudest (0 to 100) of each of at most `most` equal spans."""
    if not levels:
        return []
    spans = min(most, len(levels))
    edges = [at * len(levels) // spans for at in range(spans + 1)]
    return [min(100, max(levels[first:last])) for first, last in pairwise(edges)]


def levels_of(start_ms: int, length_ms: int) -> tuple[int, int]:
    """Which levels of a recording are those of a piece of what is played: from which on, and how many."""
    return (start_ms + SETTLING_MS) // LEVEL_MS, -(-length_ms // LEVEL_MS)


@dataclass(frozen=True, slots=True)
class Pin:
    """From when on a post stands above the others."""

    at_ms: int
    post: str


def chapters(turns: Sequence[Turn], duration_ms: int, most: int = MOST_CHAPTERS) -> list[Chapter]:
    """Who has the word from when on. Short remarks belong to whom they interrupt; of very many, the longest stay."""
    shortest = _SHORTEST_CHAPTER_MS
    while True:
        found = _without_remarks(list(_having_the_word(turns, duration_ms)), shortest)
        if len(found) <= most:
            return found
        shortest *= 2


@dataclass(frozen=True, slots=True)
class _Span:
    at_ms: int
    length_ms: int
    person: PersonId


def _having_the_word(turns: Sequence[Turn], duration_ms: int) -> Iterator[_Span]:
    """Whoever began keeps the word while audible; in silence it stays where it was."""
    current: PersonId | None = None
    began = 0
    for turn in turns:
        if not turn.speakers or current in turn.speakers or turn.at_ms >= duration_ms:
            continue
        if current is not None:
            yield _Span(began, turn.at_ms - began, current)
        current, began = turn.speakers[0], turn.at_ms
    if current is not None:
        yield _Span(began, duration_ms - began, current)


def _without_remarks(spans: Sequence[_Span], shortest_ms: int) -> list[Chapter]:
    found: list[Chapter] = []
    for span in spans:
        same = bool(found) and found[-1].person == span.person
        if not same and (span.length_ms >= shortest_ms or not found):
            found.append(Chapter(span.at_ms, span.person))
    return found

"""From what the engine wrote while a Space was live to the files of its replay. Blocking: for a thread."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from cooee.media._core import join_recordings
from cooee.people.ids import PersonId
from cooee.recordings import rules
from cooee.recordings.rules import LEVEL_MS, SHORTEST, Chapter, Part

_PART = re.compile(r"(\d+)-(\d+)")
_MIX = "mix.ogg"
_LEVELS = "levels"


@dataclass(frozen=True)
class Assembled:
    """Files in a folder of this machine, and what is known of them."""

    mix: Path
    levels: Path
    """How loud it is, 0 to 100: a byte for each `LEVEL_MS`."""
    tracks: Mapping[PersonId, Path]
    duration_ms: int
    peaks: tuple[int, ...]
    chapters: tuple[Chapter, ...]
    parts: tuple[Part, ...]


def assemble(folder: Path, out: Path) -> Assembled | None:
    """Puts the parts of a recording one after the other, into `out`; None if there is nothing to hear.

    A part that a crash has torn counts up to the tear. Nothing is decoded, and nothing in `folder` is changed.
    """
    parts = parts_of(folder)
    levels = [_read(part / _LEVELS) for part in parts]
    starts = list(accumulate((len(each) * LEVEL_MS for each in levels), initial=0))[:-1]
    out.mkdir(parents=True, exist_ok=True)
    duration_ms = _join(parts, starts, _MIX, out)
    if duration_ms < SHORTEST.total_seconds() * 1000:
        return None
    names = {file.name for part in parts for file in part.glob("*.ogg")} - {_MIX}
    for name in sorted(names):
        _join(parts, starts, name, out)
    (out / _LEVELS).write_bytes(b"".join(levels))
    said = [
        turn
        for part, start in zip(parts, starts, strict=True)
        for turn in rules.turns(_read(part / "turns").decode("ascii", "replace"), start)
    ]
    return Assembled(
        mix=out / _MIX,
        levels=out / _LEVELS,
        tracks={PersonId(name.removesuffix(".ogg")): out / name for name in sorted(names)},
        duration_ms=duration_ms,
        peaks=tuple(rules.peaks(b"".join(levels))),
        chapters=tuple(rules.chapters(said, duration_ms)),
        parts=tuple(
            Part(_began_ms(part), start, len(each) * LEVEL_MS)
            for part, start, each in zip(parts, starts, levels, strict=True)
        ),
    )


def parts_of(folder: Path) -> Sequence[Path]:
    """What was recorded without a break, in the order of time."""
    found = [(match, part) for part in folder.glob("*") if (match := _PART.fullmatch(part.name))]
    return [part for match, part in sorted(found, key=lambda each: (int(each[0][1]), int(each[0][2])))]


def _began_ms(part: Path) -> int:
    return int(part.name.partition("-")[2])


def _join(parts: Sequence[Path], starts: Sequence[int], name: str, out: Path) -> int:
    files = [(str(part / name), start) for part, start in zip(parts, starts, strict=True)]
    return join_recordings(files, str(out / name))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""

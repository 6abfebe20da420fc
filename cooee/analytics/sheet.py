"""Analytics as tables for other programs: CSV (RFC 4180), one line a minute, or one line a way.

Nothing in it was written by anybody but this file, so that no cell is taken for a formula.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from cooee.analytics import rules
from cooee.analytics.service import Figures
from cooee.kit.pages import rfc3339

MEDIA_TYPE = "text/csv; charset=utf-8"
_REACTIONS = {"💜": "heart", "😂": "laugh", "👏": "clap", "✋": "hand", "💯": "hundred", "👋": "wave"}


def minutes(found: Figures, now: datetime) -> str:
    """Every minute of the Space."""
    lines: list[Sequence[object]] = [
        ("minute", "listeners_average", "listeners_most", "listened_seconds", *_REACTIONS.values())
    ]
    for point in rules.over_time(found.minutes, found.span(now)):
        counted = found.minutes.get(point.at, rules.Count())
        average = f"{point.average:.2f}"
        reactions = (counted.reactions.get(emoji, 0) for emoji in _REACTIONS)
        lines.append((rfc3339(point.at), average, point.most, point.listened_ms // 1000, *reactions))
    return _written(lines)


def sources(found: Figures) -> str:
    """How people came."""
    came = sorted(found.came.items(), key=lambda item: (-item[1], item[0]))
    return _written([("source", "people"), *came])


def _written(lines: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue()

"""How listening is counted, and what the counts of all nodes say together. Pure.

A node counts a Space by the minute, and within it by slots of five seconds on the clock, which are the same everywhere:
slots of several nodes are summed before anything is called a peak.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from cooee.kit.clock import from_ms, to_ms
from cooee.spaces.tally import Source

MINUTE = timedelta(minutes=1)
SLOT = timedelta(seconds=5)
SLOTS = MINUTE // SLOT
_MOST_POINTS = 180
# Minutes to a point of the chart.
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440)

Way = Source | Literal["other"]
"""How somebody came; `other`: they did not say."""


@dataclass(frozen=True, slots=True)
class Count:
    """What one node saw of one Space in one minute."""

    listened_ms: int = 0
    """The time of all listeners, one after the other."""
    most: tuple[int, ...] = (0,) * SLOTS
    """By slot: how many listened at most."""
    reactions: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: "Count") -> "Count":
        """Both together: two nodes in the same minute."""
        return Count(
            self.listened_ms + other.listened_ms,
            tuple(mine + theirs for mine, theirs in zip(self.most, other.most, strict=True)),
            Counter(self.reactions) + Counter(other.reactions),
        )

    def reacted(self, emoji: str) -> "Count":
        """After a reaction."""
        return Count(self.listened_ms, self.most, {**self.reactions, emoji: self.reactions.get(emoji, 0) + 1})


def minute_of(moment: datetime) -> datetime:
    """The minute in which it is."""
    return _floored(moment, MINUTE)


def written_by_all(now: datetime) -> tuple[datetime, int]:
    """The last slot of which every node has written down all: its minute, and where in that it is."""
    slot = _floored(now - 2 * SLOT, SLOT)
    minute = minute_of(slot)
    return minute, (slot - minute) // SLOT


def listened(listeners: int, since: datetime, until: datetime) -> dict[datetime, Count]:
    """What so many listeners from `since` to `until` are, minute by minute."""
    counts: dict[datetime, Count] = {}
    begin = since
    while listeners > 0 and begin < until:
        slot = _floored(begin, SLOT)
        end = min(slot + SLOT, until)
        minute = minute_of(begin)
        most = [0] * SLOTS
        most[(slot - minute) // SLOT] = listeners
        before = counts.get(minute, Count())
        counts[minute] = later(before, Count(listeners * ((end - begin) // timedelta(milliseconds=1)), tuple(most)))
        begin = end
    return counts


def later(before: Count, more: Count) -> Count:
    """One node's count of a minute after it saw more of it: time adds up, the most is the most."""
    most = tuple(max(pair) for pair in zip(before.most, more.most, strict=True))
    return Count(before.listened_ms + more.listened_ms, most, Counter(before.reactions) + Counter(more.reactions))


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when a Space was on; until now, if it is."""

    began: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Point:
    """A minute, or several, of the chart."""

    at: datetime
    listened_ms: int
    lasted_ms: int
    most: int
    reactions: int

    @property
    def average(self) -> float:
        """How many listened on average."""
        return self.listened_ms / self.lasted_ms if self.lasted_ms else 0.0


@dataclass(frozen=True, slots=True)
class Totals:
    """A Space in a few numbers."""

    peak: int
    peak_at: datetime | None
    listened_ms: int
    reactions: Mapping[str, int]


def totals(minutes: Mapping[datetime, Count]) -> Totals:
    """All minutes together."""
    slots = (
        (count, minute + place * SLOT)
        for minute, counted in sorted(minutes.items())
        for place, count in enumerate(counted.most)
    )
    peak, peak_at = max(slots, key=lambda slot: slot[0], default=(0, None))
    reactions: Counter[str] = Counter()
    for counted in minutes.values():
        reactions.update(counted.reactions)
    return Totals(peak, peak_at if peak else None, sum(one.listened_ms for one in minutes.values()), reactions)


def over_time(minutes: Mapping[datetime, Count], span: Span, step: int = 1) -> list[Point]:
    """Every `step` minutes of a Space from its beginning on, also those in which nobody listened."""
    every = step * MINUTE
    points: list[Point] = []
    at = _floored(span.began, every)
    while at < span.until or not points:
        inside = [minutes[minute] for minute in _minutes(at, step) if minute in minutes]
        lasted = min(at + every, span.until) - max(at, span.began)
        points.append(
            Point(
                at=max(at, minute_of(span.began)),
                listened_ms=sum(one.listened_ms for one in inside),
                lasted_ms=lasted // timedelta(milliseconds=1),
                most=max((max(one.most) for one in inside), default=0),
                reactions=sum(sum(one.reactions.values()) for one in inside),
            )
        )
        at += every
    return points


def step_of(span: Span) -> int:
    """How many minutes one point of the chart is, so that a long Space fits, too."""
    minutes = (span.until - span.began) / MINUTE
    return next((step for step in _STEPS if minutes / step <= _MOST_POINTS), _STEPS[-1])


def summed(seen: Iterable[tuple[datetime, Count]]) -> dict[datetime, Count]:
    """What all nodes saw, by the minute."""
    minutes: dict[datetime, Count] = {}
    for minute, count in seen:
        minutes[minute] = minutes[minute] + count if minute in minutes else count
    return minutes


def kept_until(ended: datetime, keep: timedelta) -> datetime:
    """Until when the figures of a Space can be read."""
    return ended + keep


def _minutes(begin: datetime, count: int) -> Sequence[datetime]:
    return [begin + minute * MINUTE for minute in range(count)]


def _floored(moment: datetime, unit: timedelta) -> datetime:
    unit_ms = unit // timedelta(milliseconds=1)
    return from_ms(to_ms(moment) // unit_ms * unit_ms)

"""The only place where time is read. Everyone else is given a `Clock` or, better, the time itself."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where a shell reads the time before it asks a rule."""

    def now(self) -> datetime:
        """The time of day in UTC, in whole milliseconds, so that it survives the database and JSON unchanged."""

    def monotonic(self) -> float:
        """Seconds that never go back; only differences mean something."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return from_ms(time.time_ns() // 1_000_000)

    def monotonic(self) -> float:
        return time.monotonic()


class SettableClock:
    """A clock that stands still until somebody moves it."""

    def __init__(self, start: datetime = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)) -> None:
        self._now = start
        self._elapsed = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._elapsed

    def advance(self, step: timedelta) -> None:
        """Moves both readings forward."""
        assert step >= timedelta(0), "a clock never goes back"
        self._now += step
        self._elapsed += step.total_seconds()


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970, rounded down."""
    return (moment - _UNIX_EPOCH) // timedelta(milliseconds=1)


def from_ms(milliseconds: int) -> datetime:
    """The UTC time that many milliseconds after the beginning of 1970."""
    return _UNIX_EPOCH + timedelta(milliseconds=milliseconds)


_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

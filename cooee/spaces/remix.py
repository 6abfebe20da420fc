"""When a mix that failed is started again. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

_FIRST = timedelta(seconds=1)
_LONGEST = timedelta(seconds=30)
# A mix that lasted so long failed for another reason than the one before.
_HELD = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Remix:
    """The failures of one Space's mix: the first is mended at once, further ones ever later, up to 30 s."""

    due_at: datetime | None = None
    failed_at: datetime | None = None
    pause: timedelta = timedelta(0)

    def failed(self, now: datetime) -> "Remix":
        """The mix failed just now."""
        lately = self.failed_at is not None and now - self.failed_at < _HELD
        pause = min(max(2 * self.pause, _FIRST), _LONGEST) if lately else timedelta(0)
        return Remix(now + pause, now, pause)

    def is_due(self, now: datetime) -> bool:
        """Whether it is to be started now."""
        return self.due_at is not None and self.due_at <= now

    def started(self) -> "Remix":
        """It was started, and may fail again."""
        return Remix(None, self.failed_at, self.pause)

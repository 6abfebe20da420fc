"""Where the engine writes while a Space is live: `{space}/{epoch}-{milliseconds}` in a folder of this node."""

from pathlib import Path
from threading import Lock

import structlog

from cooee.kit.clock import Clock, to_ms
from cooee.media.engine import EngineError, Media
from cooee.spaces.state import SpaceId

_log = structlog.get_logger(__name__)


class Tapes:
    """The answer to `spaces.tape.Tape`. Its calls come from any thread."""

    def __init__(self, media: Media, root: Path, clock: Clock) -> None:
        self._media = media
        self._root = root
        self._clock = clock
        self._lock = Lock()
        self._open: dict[SpaceId, set[str]] = {}
        self._current: dict[SpaceId, str] = {}
        self._latest_ms = 0

    def start(self, space: SpaceId, epoch: int) -> None:
        """Records into a folder of its own."""
        with self._lock:
            # Two parts never share a folder, also if they begin in the same millisecond.
            self._latest_ms = max(to_ms(self._clock.now()), self._latest_ms + 1)
            folder = str((self.folder(space) / f"{epoch}-{self._latest_ms}").absolute())
            self._current[space] = folder
            self._open.setdefault(space, set()).add(folder)
        try:
            self._media.start_recording(space, folder)
        except EngineError as error:
            # The Space is over, the node is about to be, or it has too much to do: the live Spaces look after it.
            _log.warning("recording.not_started", space=space, code=error.args[0])
            self.ended(space, folder)

    def stop(self, space: SpaceId) -> None:
        """Records no longer."""
        with self._lock:
            self._current.pop(space, None)
        self._media.stop_recording(space)

    def ended(self, space: SpaceId, folder: str) -> bool:
        """All of a recording is written; whether nobody had stopped it."""
        with self._lock:
            still_open = self._open.get(space, set())
            still_open.discard(folder)
            if not still_open:
                self._open.pop(space, None)
            lost = self._current.get(space) == folder
            if lost:
                del self._current[space]
            return lost

    def is_recording(self, space: SpaceId) -> bool:
        """Whether nobody has stopped it, and it has not failed."""
        with self._lock:
            return space in self._current

    def is_writing(self, space: SpaceId) -> bool:
        """Whether the engine still has something to write."""
        with self._lock:
            return space in self._open

    def held(self) -> list[SpaceId]:
        """The Spaces of which this node has sound. Blocking: for a thread."""
        try:
            return sorted(SpaceId(path.name) for path in self._root.iterdir())
        except FileNotFoundError:
            return []

    def folder(self, space: SpaceId) -> Path:
        """Where all parts of a Space's recording are."""
        return self._root / space

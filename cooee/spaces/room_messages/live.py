"""What was written just now, on the feeds of those who may read it: the last few at a time, so that none is missed."""

import asyncio
import json
from collections import deque
from collections.abc import Callable

from cooee.spaces.room_messages.shapes import RoomMessage

CHANNEL = "room_messages"
_GATHER_S = 0.25
_MOST = 20


class Window:
    """The latest of one audience of one room. Touched by the event loop only."""

    def __init__(self, publish: Callable[[bytes], None]) -> None:
        self._publish = publish
        self._messages: deque[RoomMessage] = deque(maxlen=_MOST)
        self._removed: deque[str] = deque(maxlen=_MOST)
        self._resting = False
        self._stale = False

    def show(self, message: RoomMessage) -> None:
        """Somebody wrote something, or it was let through."""
        self._messages.append(message)
        self._tell()

    def take_away(self, id: str) -> None:
        """Something is to be read no more."""
        self._removed.append(id)
        kept = [message for message in self._messages if message.id != id]
        self._messages = deque(kept, maxlen=_MOST)
        self._tell()

    def _tell(self) -> None:
        """At once; what follows is gathered."""
        if self._resting:
            self._stale = True
            return
        self._resting, self._stale = True, False
        messages = [message.model_dump(mode="json") for message in self._messages]
        told = {"messages": messages, "removed": list(self._removed)}
        self._publish(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode())
        asyncio.get_running_loop().call_later(_GATHER_S, self._rested)

    def _rested(self) -> None:
        self._resting = False
        if self._stale:
            self._tell()

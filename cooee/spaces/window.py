"""What was said just now, on the feeds of those who may read it: the last few at a time, so that none is missed."""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

_GATHER_S = 0.25


@dataclass(frozen=True, slots=True)
class Kind:
    """What is told of: the feed's channel, the name of the list in it, and how many stand there."""

    channel: str
    items: str
    most: int


MESSAGES = Kind("room_messages", "messages", 20)
POSTS = Kind("room_posts", "posts", 5)


class Window:
    """The latest of one kind, for one audience of one room. Touched by the event loop only."""

    def __init__(self, kind: Kind, publish: Callable[[bytes], None]) -> None:
        self._kind = kind
        self._publish = publish
        self._items: deque[tuple[str, Any]] = deque(maxlen=kind.most)
        self._removed: deque[str] = deque(maxlen=kind.most)
        self._beside: dict[str, Any] = {}
        self._resting = False
        self._stale = False

    def show(self, id: str, item: BaseModel, **beside: BaseModel | None) -> None:
        """Something is new. `beside` it stands what is told each time, as it is now."""
        self._forget(id)
        self._items.append((id, item.model_dump(mode="json")))
        self.tell(**beside)

    def take_away(self, id: str, **beside: BaseModel | None) -> None:
        """Something is to be read no more."""
        self._removed.append(id)
        self._forget(id)
        self.tell(**beside)

    def tell(self, **beside: BaseModel | None) -> None:
        """At once; what follows is gathered."""
        self._beside |= {name: shape and shape.model_dump(mode="json") for name, shape in beside.items()}
        if self._resting:
            self._stale = True
            return
        self._resting, self._stale = True, False
        items = [item for _, item in self._items]
        told = {self._kind.items: items, "removed": list(self._removed), **self._beside}
        self._publish(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode())
        asyncio.get_running_loop().call_later(_GATHER_S, self._rested)

    def _forget(self, id: str) -> None:
        self._items = deque(((known, item) for known, item in self._items if known != id), maxlen=self._kind.most)

    def _rested(self) -> None:
        self._resting = False
        if self._stale:
            self.tell()

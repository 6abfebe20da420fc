"""What this node counts while Spaces are live: in memory, by the minute, written down every few seconds."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from cooee.analytics import rules, store
from cooee.analytics.rules import Count
from cooee.kit.web import Toolbox
from cooee.spaces.crowd import is_guest
from cooee.spaces.state import SpaceId
from cooee.spaces.store import Visit
from cooee.spaces.tally import Source

_LONGEST = timedelta(seconds=30)
"""After a longer time without a look nobody knows who listened meanwhile."""


class Counting:
    """The answer to `spaces.tally.Tally`, on this node."""

    def __init__(self, tools: Toolbox, node: str) -> None:
        self._tools = tools
        self._node = node
        self._minutes: dict[tuple[SpaceId, datetime], Count] = {}
        self._unwritten: set[tuple[SpaceId, datetime]] = set()
        self._guests: Counter[tuple[SpaceId, str]] = Counter()
        # By which way those came who are in a room or at its door: forgotten with the room, or with the door.
        self._ways: dict[SpaceId, dict[str, Source]] = {}
        self._looked_at: datetime | None = None
        self._writing = asyncio.Lock()
        self._writes: set[asyncio.Task[None]] = set()

    @property
    def node(self) -> str:
        """Under which name this node writes."""
        return self._node

    def let_in(self, space: SpaceId, participant: str, source: Source | None) -> None:
        """Somebody got a door."""
        if source is not None:
            self._ways.setdefault(space, {}).setdefault(participant, source)

    def came(self, space: SpaceId, participants: Iterable[str]) -> None:
        """The engine sees them. A guest who says from where is new: whoever comes back does not."""
        ways = self._ways.get(space, {})
        for guest in filter(is_guest, participants):
            if source := ways.pop(guest, None):
                self._guests[space, source] += 1

    def never_came(self, space: SpaceId, participants: Iterable[str]) -> None:
        """Nobody asks any more by which way they came."""
        ways = self._ways.get(space, {})
        for participant in participants:
            ways.pop(participant, None)

    def reacted(self, space: SpaceId, emoji: str) -> None:
        """A reaction floats."""
        key = (space, rules.minute_of(self._tools.clock.now()))
        self._put(key, self._minutes.get(key, Count()).reacted(emoji))

    def first_seen(self, tx: Connection, visits: Collection[Visit]) -> None:
        """In the writing thread. Whoever opened the Space came by no way."""
        owners = store.owners(tx, {visit.space for visit in visits})
        arrivals: Counter[tuple[SpaceId, str]] = Counter()
        for visit in visits:
            if visit.person != owners.get(visit.space):
                arrivals[visit.space, self._ways.get(visit.space, {}).get(visit.person, "other")] += 1
        store.add_arrivals(tx, arrivals)

    def look(self, listeners: Mapping[SpaceId, int]) -> None:
        """Once a second: how many listen in each Space that this node carries."""
        now = self._tools.clock.now()
        since = max(self._looked_at or now, now - _LONGEST)
        self._looked_at = now
        for space, count in listeners.items():
            for minute, more in rules.listened(count, since, now).items():
                key = (space, minute)
                self._put(key, rules.later(self._minutes.get(key, Count()), more))
        for space in self._ways.keys() - listeners.keys():
            del self._ways[space]

    async def write(self) -> None:
        """Writes down what was counted since the last time; it is written when this returns.

        Whoever waits for it may be cancelled, the writing may not: what is committed is not to be written again.
        """
        task = asyncio.create_task(self._write())
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)
        await asyncio.shield(task)

    async def _write(self) -> None:
        async with self._writing:
            minutes = {key: self._minutes[key] for key in self._unwritten}
            guests, node = Counter(self._guests), self._node
            if minutes or guests:

                def save(tx: Connection) -> None:
                    store.save(tx, node, minutes)
                    store.add_arrivals(tx, guests)

                await self._tools.db.write(save)
            self._guests -= guests
            self._unwritten -= {key for key, count in minutes.items() if self._minutes[key] is count}
            this = rules.minute_of(self._tools.clock.now())
            over = {key for key in self._minutes if key[1] < this} - self._unwritten
            for key in over:
                del self._minutes[key]

    def _put(self, key: tuple[SpaceId, datetime], count: Count) -> None:
        self._minutes[key] = count
        self._unwritten.add(key)

"""Who is told that a bubble changed: what is to be seen goes along, so that thousands of pages need not ask at once."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from cooee.kit.web import Toolbox
from cooee.media.engine import Media
from cooee.people import own_feed
from cooee.people.cards import SpaceCard
from cooee.people.ids import PersonId
from cooee.spaces import store
from cooee.spaces.admission import with_access
from cooee.spaces.cards import Listeners, as_cards
from cooee.spaces.house import House
from cooee.spaces.state import Space, SpaceId

_EACH_MS = 20
"""What a question costs the node, and room for other work beside it."""
_SPREAD_MS = 60_000
"""No page waits longer."""
_ONLINE = 10
"""Of so many followers one is taken to look at a page."""


@dataclass(frozen=True, slots=True)
class Untold:
    """What became of a Space since it was told last: whoever came on its stage, and whoever was let back."""

    now: Space
    came: frozenset[PersonId]
    let_back: frozenset[PersonId]


class Bubbles:
    """Changes of public Spaces that were not told yet."""

    def __init__(self, media: Media, tools: Toolbox, house: House) -> None:
        self._media = media
        self._tools = tools
        self._house = house
        self._some = asyncio.Event()
        self._untold: dict[SpaceId, Untold] = {}

    def changed(self, before: Space | None, after: Space) -> None:
        """Something that a bubble shows is different from `before`; None: the Space has just begun."""
        let_back = before.banned - after.banned if before else frozenset()
        self._add(Untold(after, _on_stage(after) - _on_stage(before), let_back))

    def _add(self, change: Untold) -> None:
        if earlier := self._untold.get(change.now.id):
            change = Untold(change.now, earlier.came | change.came, earlier.let_back | change.let_back)
        self._untold[change.now.id] = change
        self._some.set()

    async def tell(self, listeners: Listeners) -> None:
        """Waits for changes, and tells them: everybody how those Spaces look now, and the followers of whoever came on
        a stage, and whoever was let back, that it is a bubble of theirs: of all such in one message, since of two the
        later may be the only one that comes."""
        await self._some.wait()
        self._some.clear()
        untold, self._untold = self._untold, {}

        def read(tx: Connection) -> list[tuple[SpaceCard, Sequence[PersonId]]]:
            cards = as_cards(tx, [each.now for each in untold.values()], self._house, listeners, None)
            access = self._house.gates.access
            concerned = [_concerned(tx, untold[SpaceId(card.id)]) for card in cards]
            return [(card, list(with_access(tx, access, each))) for card, each in zip(cards, concerned, strict=True)]

        try:
            told = await self._tools.db.read(read)
        except Exception:
            since, self._untold = self._untold, untold
            for change in since.values():
                self._add(change)
            self._some.set()
            raise
        waits = {card.id: _wait_ms(card, followers) for card, followers in told}
        everybody = {"changed": "bubbles", **_says([card for card, _ in told], waits)}
        self._media.publish_live(own_feed.EVERYBODY, own_feed.AUDIENCE, "hint", json.dumps(everybody).encode())
        await asyncio.to_thread(self._tell, told, waits)

    def _tell(self, told: Sequence[tuple[SpaceCard, Sequence[PersonId]]], waits: Mapping[str, int]) -> None:
        theirs: defaultdict[PersonId, tuple[int, ...]] = defaultdict(tuple)
        for place, (_, followers) in enumerate(told):
            for person in followers:
                theirs[person] += (place,)
        encoded: dict[tuple[int, ...], bytes] = {}
        for person, places in theirs.items():
            if places not in encoded:
                encoded[places] = json.dumps(_says([told[place][0] for place in places], waits)).encode()
            self._media.publish_live(own_feed.topic(person), own_feed.AUDIENCE, "bubble", encoded[places])


def _on_stage(space: Space | None) -> frozenset[PersonId]:
    return frozenset(seat.person for seat in space.stage) if space else frozenset()


def _concerned(tx: Connection, change: Untold) -> list[PersonId]:
    space, there = change.now, _on_stage(change.now)
    if space.ended:
        return []
    again = store.followers_of(tx, space, there, among=change.let_back) if change.let_back else []
    return [*store.followers_of(tx, space, change.came & there), *again]


def _says(cards: Sequence[SpaceCard], waits: Mapping[str, int]) -> dict[str, object]:
    wait_ms = max((waits[card.id] for card in cards), default=0)
    return {"spaces": [card.model_dump(mode="json") for card in cards], "within_ms": wait_ms}


def _wait_ms(card: SpaceCard, followers: Sequence[PersonId]) -> int:
    """Over how long pages spread what they still have to ask."""
    return min(_SPREAD_MS, _EACH_MS * max(card.listeners, len(followers) // _ONLINE))

"""Who is told that a bubble changed: what is to be seen goes along, so that thousands of pages need not ask at once."""

import asyncio
import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from cooee.kit.web import Toolbox
from cooee.media.engine import Media
from cooee.people import own_feed
from cooee.people.cards import SpaceCard
from cooee.people.ids import PersonId
from cooee.spaces import service, store
from cooee.spaces.service import House, Listeners
from cooee.spaces.state import Space, SpaceId

_EACH_MS = 20
"""What a question costs the node, and room for other work beside it."""
_SPREAD_MS = 60_000
"""No page waits longer."""
_ONLINE = 10
"""Of so many followers one is taken to look at a page."""


class Bubbles:
    """Changes of public Spaces that were not told yet."""

    def __init__(self, media: Media, tools: Toolbox, house: House) -> None:
        self._media = media
        self._tools = tools
        self._house = house
        self._some = asyncio.Event()
        self._changed: dict[SpaceId, Space] = {}
        self._newcomers: dict[SpaceId, set[PersonId]] = {}
        self._let_back: dict[SpaceId, set[PersonId]] = {}

    def changed(self, before: Space | None, after: Space) -> None:
        """Something that a bubble shows is different from `before`; None: the Space has just begun."""
        there = {seat.person for seat in before.stage} if before else set()
        self._changed[after.id] = after
        self._newcomers.setdefault(after.id, set()).update({seat.person for seat in after.stage} - there)
        if before:
            self._let_back.setdefault(after.id, set()).update(before.banned - after.banned)
        self._some.set()

    async def tell(self, listeners: Listeners) -> None:
        """Waits for changes, and tells them: everybody how those Spaces look now, and the followers of whoever came on
        a stage, and whoever was let back, that it is a bubble of theirs."""
        await self._some.wait()
        self._some.clear()
        changed, self._changed = self._changed, {}
        newcomers, self._newcomers = self._newcomers, {}
        let_back, self._let_back = self._let_back, {}

        def concerned(tx: Connection, space: Space) -> list[PersonId]:
            if space.ended:
                return []
            back = let_back.get(space.id, set())
            again = store.followers_of(tx, space, {seat.person for seat in space.stage}, among=back) if back else []
            came = newcomers[space.id] & {seat.person for seat in space.stage}
            return [*store.followers_of(tx, space, came), *again]

        def read(tx: Connection) -> list[tuple[SpaceCard, list[PersonId]]]:
            cards = service.as_cards(tx, changed.values(), self._house, listeners, None)
            return [(card, concerned(tx, changed[SpaceId(card.id)])) for card in cards]

        try:
            told = await self._tools.db.read(read)
        except Exception:
            self._tell_later(changed, newcomers, let_back)
            raise
        waits = max((_wait_ms(card, followers) for card, followers in told), default=0)
        everybody = {"changed": "bubbles", **_says([card for card, _ in told], waits)}
        self._media.publish_live(own_feed.EVERYBODY, own_feed.AUDIENCE, "hint", json.dumps(everybody).encode())
        for card, followers in told:
            await asyncio.to_thread(self._tell, followers, _says([card], _wait_ms(card, followers)))

    def _tell_later(
        self,
        changed: Mapping[SpaceId, Space],
        newcomers: Mapping[SpaceId, set[PersonId]],
        let_back: Mapping[SpaceId, set[PersonId]],
    ) -> None:
        self._changed = {**changed, **self._changed}
        for kept, lost in ((self._newcomers, newcomers), (self._let_back, let_back)):
            for id, people in lost.items():
                kept.setdefault(id, set()).update(people)
        self._some.set()

    def _tell(self, followers: Sequence[PersonId], says: dict[str, object]) -> None:
        encoded = json.dumps(says).encode()
        for person in followers:
            self._media.publish_live(own_feed.topic(person), own_feed.AUDIENCE, "bubble", encoded)


def _says(cards: Sequence[SpaceCard], wait_ms: int) -> dict[str, object]:
    return {"spaces": [card.model_dump(mode="json") for card in cards], "within_ms": wait_ms}


def _wait_ms(card: SpaceCard, followers: Sequence[PersonId]) -> int:
    """Over how long pages spread what they still have to ask."""
    return min(_SPREAD_MS, _EACH_MS * max(card.listeners, len(followers) // _ONLINE))

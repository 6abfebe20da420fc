"""Which Spaces a node carries: those that are live and no others, whatever happens in between."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from cooee.kit.clock import SettableClock
from cooee.media.engine import MixFailed
from cooee.spaces import store
from cooee.spaces.errors import SpaceEnded
from cooee.spaces.house import Actor, Change, Entry
from cooee.spaces.jobs import heard
from cooee.spaces.rules.room import End
from cooee.spaces.state import Space, SpaceId
from tests.spaces import rooms
from tests.spaces.conftest import House

pytestmark = pytest.mark.anyio


@pytest.fixture
def opened(house: House, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The epochs at which the engine is told to open a Space; the node does not look around by itself."""

    async def look_away() -> None:
        """What other nodes wrote stays unknown."""

    epochs: list[int] = []
    monkeypatch.setattr(house.live.rooms, "_reconcile", look_away)
    monkeypatch.setattr(house.live.media, "open_space", lambda _space, epoch: epochs.append(epoch))
    return epochs


async def elsewhere(house: House) -> SpaceId:
    """A live Space that this node does not carry, as if another node had opened it a moment ago."""
    space = replace(rooms.opened(), id=SpaceId(house.tools.ids.text()))
    assert await house.tools.db.write(lambda tx: store.insert_space(tx, space))
    return space.id


async def test_a_space_that_ends_while_somebody_comes_in_is_not_carried(
    house: House, opened: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await elsewhere(house)
    read = house.live._read

    async def read_and_be_overtaken(id: SpaceId, actor: Actor | None, *, known: bool) -> Entry:
        answer = await read(id, actor, known=known)
        await house.live.act(rooms.actor(rooms.HOST), id, End())
        return answer

    monkeypatch.setattr(house.live, "_read", read_and_be_overtaken)
    with pytest.raises(SpaceEnded):
        await house.live.enter(id, rooms.actor(rooms.LISTENER), "a", 20)
    assert opened == []


async def test_a_space_that_ends_just_after_its_stage_was_taken_lets_nobody_in(
    house: House, opened: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await elsewhere(house)
    taken = house.live.rooms._taken

    def taken_and_ended(space: Space, epoch: int) -> None:
        taken(space, epoch)
        # The next commit comes before whoever takes the stage hears of their own.
        house.live.rooms.committed(Change(space, rooms.done(space, End()), ()))

    monkeypatch.setattr(house.live.rooms, "_taken", taken_and_ended)
    with pytest.raises(SpaceEnded):
        await house.live.enter(id, rooms.actor(rooms.LISTENER), "a", 20)


async def test_two_who_come_at_once_have_the_stage_taken_once(house: House, opened: list[int]) -> None:
    id = await elsewhere(house)
    one, other = await asyncio.gather(house.live.rooms.carry(id), house.live.rooms.carry(id))
    assert one is other
    assert opened == [2]


async def test_a_mix_that_fails_again_and_again_is_tried_ever_more_rarely(
    house: House, opened: list[int], clock: SettableClock
) -> None:
    id = await elsewhere(house)
    await house.live.rooms.carry(id)
    opened.clear()
    tried: list[float] = []
    began = clock.monotonic()
    await heard(house.live, MixFailed(id))
    for _ in range(120):
        await house.live.rooms.tick()
        if len(opened) > len(tried):
            tried.append(clock.monotonic() - began)
            await heard(house.live, MixFailed(id))
        clock.advance(timedelta(seconds=1))
    assert tried == [0, 1, 3, 7, 15, 31, 61, 91]
    assert len(opened) == len(tried)


async def test_a_mix_that_held_for_a_while_is_mended_at_once_again(
    house: House, opened: list[int], clock: SettableClock
) -> None:
    id = await elsewhere(house)
    await house.live.rooms.carry(id)
    for _ in range(3):
        before = len(opened)
        await heard(house.live, MixFailed(id))
        assert len(opened) == before + 1
        clock.advance(timedelta(minutes=2))

"""What goes on by itself: succession, presence, lost connections, a new start."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from cooee.app import create_app
from cooee.kit.clock import SettableClock
from cooee.media.engine import MixFailed, Presence, SpeakClosed, SpeakConnected
from cooee.people.ids import PersonId
from cooee.people.passwords import Passwords
from cooee.settings import Settings
from cooee.spaces import store
from cooee.spaces.jobs import heard
from cooee.spaces.rules.microphone import SetMicrophone
from cooee.spaces.state import Seat, SpaceId
from tests.spaces import rooms
from tests.spaces.conftest import House

pytestmark = pytest.mark.anyio

EVERYBODY = (*rooms.roles(rooms.busy()), rooms.ASKER)


async def running(house: House) -> SpaceId:
    """A busy Space that the node carries, with everybody there."""
    id = await house.place(rooms.busy())
    await heard(house.live, Presence(id, EVERYBODY, (), len(EVERYBODY)))
    await house.live.rooms.tick()
    return id


async def seat(house: House, id: SpaceId, person: str) -> Seat:
    found = (await house.state(id)).seat(PersonId(person))
    assert found is not None
    return found


async def test_a_host_who_vanished_is_succeeded_after_30_seconds(house: House, clock: SettableClock) -> None:
    id = await running(house)
    await heard(house.live, Presence(id, (), (rooms.HOST,), len(EVERYBODY) - 1))
    await house.live.rooms.tick()
    clock.advance(timedelta(seconds=29))
    await house.live.rooms.tick()
    assert (await house.state(id)).host == rooms.HOST
    clock.advance(timedelta(seconds=1))
    await house.live.rooms.tick()
    assert (await house.state(id)).host == rooms.COHOST


async def test_without_anybody_a_space_ends_after_five_minutes(house: House, clock: SettableClock) -> None:
    id = (await house.host.post("spaces", {}))["id"]
    clock.advance(timedelta(seconds=30))
    await house.live.rooms.tick()
    assert (await house.host.get(f"spaces/{id}"))["host_away_until"] == "2026-11-21T10:05:00.000Z"
    clock.advance(timedelta(minutes=5))
    await house.live.rooms.tick()
    space = await house.host.get(f"spaces/{id}")
    assert (space["state"], space["end_reason"]) == ("ended", "host_gone")


async def test_a_lost_speak_session_mutes_and_a_replaced_one_does_not(house: House) -> None:
    id = await running(house)
    await heard(house.live, SpeakConnected(id, rooms.SPEAKER, "a"))
    await heard(house.live, SpeakConnected(id, rooms.SPEAKER, "b"))
    await house.speaker.put(f"spaces/{id}/me/microphone", {"muted": False})
    await heard(house.live, SpeakClosed(id, rooms.SPEAKER, "a", "replaced"))
    assert (await seat(house, id, rooms.SPEAKER)).microphone == "open"
    await heard(house.live, SpeakClosed(id, rooms.SPEAKER, "b", "timeout"))
    lost = await seat(house, id, rooms.SPEAKER)
    assert (lost.microphone, lost.session) == ("muted", None)


async def test_whoever_comes_with_a_second_device_is_told_that_they_speak_on_the_first(house: House) -> None:
    id = await running(house)
    assert (await house.speaker.post(f"spaces/{id}/join"))["session"] is None
    await heard(house.live, SpeakConnected(id, rooms.SPEAKER, "a"))
    assert (await house.speaker.post(f"spaces/{id}/join"))["session"] == "a"
    for other in (house.host, house.listener):
        assert (await other.post(f"spaces/{id}/join"))["session"] is None
    await heard(house.live, SpeakClosed(id, rooms.SPEAKER, "a", "left"))
    assert (await house.speaker.post(f"spaces/{id}/join"))["session"] is None


async def test_whoever_was_removed_while_a_door_opened_is_put_out_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await running(house)
    await house.host.post(f"spaces/{id}/people/{rooms.SPEAKER}/remove")
    put_out: list[tuple[str, str, str]] = []

    def close_participant(space: str, participant: str, reason: str) -> int:
        put_out.append((space, participant, reason))
        return 1

    monkeypatch.setattr(house.live.media, "close_participant", close_participant)
    await heard(house.live, Presence(id, (rooms.SPEAKER,), (), len(EVERYBODY)))
    await house.live.rooms.tick()
    assert put_out == [(id, rooms.SPEAKER, "removed")]


async def test_those_who_listen_are_counted_and_named(house: House) -> None:
    id = await running(house)
    await heard(house.live, Presence(id, (rooms.LISTENER, "g1"), (), len(EVERYBODY) + 2))
    await house.told(id)
    space = await house.host.get(f"spaces/{id}")
    assert (space["listeners"], [person["id"] for person in space["listening"]]) == (3, [rooms.ASKER, rooms.LISTENER])


async def test_whoever_was_there_may_return_to_a_locked_room_after_a_new_start(
    house: House, settings: Settings, clock: SettableClock
) -> None:
    id = await running(house)
    await heard(house.live, Presence(id, (rooms.LISTENER,), (), len(EVERYBODY) + 1))
    await house.live.rooms.tick()
    await house.host.patch(f"spaces/{id}", {"locked": True})
    async with another_start(settings, clock) as node:
        live = node.state.spaces.live
        entrance = await live.enter(id, rooms.actor(rooms.LISTENER), "a", 20)
        assert entrance.participant == rooms.LISTENER


async def test_whoever_had_just_come_when_the_room_was_locked_may_return_after_a_crash(
    house: House, settings: Settings, clock: SettableClock
) -> None:
    id = await running(house)
    await heard(house.live, Presence(id, (rooms.LISTENER,), (), len(EVERYBODY) + 1))
    await house.stranger.post(f"spaces/{id}/join")
    # No tick comes any more: the node dies.
    await house.host.patch(f"spaces/{id}", {"locked": True})
    async with another_start(settings, clock) as node:
        live = node.state.spaces.live
        for person in (rooms.LISTENER, rooms.STRANGER):
            assert (await live.enter(id, rooms.actor(person), "a", 20)).participant == person


async def test_whoever_is_refused_the_lock_writes_nobody_down(house: House) -> None:
    id = await running(house)
    await house.stranger.post(f"spaces/{id}/join")
    assert (await house.speaker.refused("PATCH", f"spaces/{id}", json={"locked": True}))[1] == "hosts_only"
    assert not await house.tools.db.read(lambda tx: store.attended(tx, id, rooms.STRANGER))


async def test_after_a_new_start_roles_are_there_and_everyone_is_muted(
    house: House, settings: Settings, clock: SettableClock
) -> None:
    id = await running(house)
    await house.speaker.put(f"spaces/{id}/me/microphone", {"muted": False})
    await heard(house.live, SpeakConnected(id, rooms.SPEAKER, "a"))
    before = await house.state(id)
    clock.advance(timedelta(hours=1))
    async with another_start(settings, clock) as node:
        after = await house.state(id)
        assert rooms.roles(after) == rooms.roles(before)
        assert {seat.microphone for seat in after.stage} == {"muted"}
        await node.state.spaces.live.rooms.tick()
        assert (await house.state(id)).host == rooms.HOST, "absence counts from the start"


async def test_what_another_node_wrote_is_known_within_a_tick(
    house: House, settings: Settings, clock: SettableClock
) -> None:
    id = await running(house)
    async with another_start(settings, clock) as node:
        other = node.state.spaces.live
        await other.act(rooms.actor(rooms.SPEAKER), id, SetMicrophone(muted=False))
        assert (await house.live.current(id)).version < (await other.current(id)).version
        await house.live.rooms.tick()
        assert rooms.microphone(await house.live.current(id), rooms.SPEAKER) == "open"


async def test_a_mix_that_failed_is_taken_up_at_a_higher_epoch(house: House) -> None:
    id = await running(house)
    before = await house.tools.db.write(lambda tx: store.take_stage(tx, id))
    await heard(house.live, MixFailed(id))
    assert await house.tools.db.write(lambda tx: store.take_stage(tx, id)) == before + 2


async def test_what_the_engine_says_of_unknown_spaces_is_ignored(house: House) -> None:
    for happened in (SpeakClosed("x", "1", "a", "left"), Presence("x", ("1",), (), 1), MixFailed("x")):
        await heard(house.live, happened)


@asynccontextmanager
async def another_start(settings: Settings, clock: SettableClock) -> AsyncIterator[FastAPI]:
    """A second node on the same database."""
    app = create_app(settings, clock=clock, passwords=Passwords(PasswordHasher(1, 8, 1)))
    async with app.router.lifespan_context(app):
        yield app

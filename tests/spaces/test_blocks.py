"""What blocks and mutes do to Spaces: who may come in, who sees a bubble, who has to go."""

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Connection, func, insert, select

from cooee.kit.outbox import outbox
from cooee.media.engine import Presence
from cooee.people import facts
from cooee.people.tables import blocks
from cooee.spaces import facts as space_facts
from cooee.spaces.jobs import heard
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


@pytest.fixture
def changed_settings() -> dict[str, Any]:
    return {"host_min_followers": 0}


async def _heard(node: FastAPI, topic: str = facts.BLOCKED) -> None:
    """Waits until the node's worker has told the rooms of every block, or of what else happened."""
    waiting = select(func.count()).select_from(outbox).where(outbox.c.topic == topic)
    async with asyncio.timeout(20):
        while await node.state.tools.db.read(lambda tx: tx.execute(waiting).scalar_one()):
            await asyncio.sleep(0)


async def _there(node: FastAPI, space: str, person: Visitor) -> None:
    """Somebody's sound came; those who speak to a node without any count as away."""
    live = node.state.spaces.live
    await heard(live, Presence(space, (person.id,), (), 1))
    await live.rooms.tick()


async def _with_cohost(guest: Visitor, space: str, ada: Visitor, bob: Visitor) -> Visitor:
    """Bob becomes Ada's co-host. Who speaks beside them is returned: Cleo."""
    cleo = await guest.sign_up("cleo")
    for person in (bob, cleo):
        await person.post(f"spaces/{space}/join")
        await person.post(f"spaces/{space}/requests")
    await ada.put(f"spaces/{space}/cohosts/{bob.id}")
    return cleo


async def _room(guest: Visitor) -> tuple[Visitor, Visitor, str]:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    space = await ada.post("spaces", {"title": "Tea", "policy": "everyone"})
    return ada, bob, space["id"]


@pytest.mark.parametrize("host_blocks", [True, False])
async def test_people_in_a_block_with_the_host_do_not_come_in(guest: Visitor, host_blocks: bool) -> None:
    ada, bob, space = await _room(guest)
    if host_blocks:
        await ada.put(f"people/{bob.id}/block")
    else:
        await bob.put(f"people/{ada.id}/block")
    expected = (403, "blocked" if host_blocks else "you_blocked")
    assert await bob.refused("POST", f"spaces/{space}/join") == expected
    assert await bob.refused("GET", f"spaces/{space}") == expected
    assert await bob.refused("POST", f"spaces/{space}/requests") == expected
    assert (await ada.get(f"spaces/{space}"))["id"] == space
    await (ada if host_blocks else bob).delete(f"people/{(bob if host_blocks else ada).id}/block")
    assert (await bob.post(f"spaces/{space}/join"))["role"] == "listener"


async def test_a_block_with_the_host_hides_bubble_ring_and_card(guest: Visitor) -> None:
    ada, bob, space = await _room(guest)
    cleo = await guest.sign_up("cleo")
    await bob.put(f"people/{cleo.id}/follow")
    await cleo.post(f"spaces/{space}/join")
    await cleo.post(f"spaces/{space}/requests")
    await cleo.post("posts", {"text": "Come", "attachment": {"kind": "space", "id": space}})
    assert [card["id"] for card in (await bob.get("bubbles"))["items"]] == [space]
    assert (await bob.get("people/cleo"))["live_space"] == space
    await ada.put(f"people/{bob.id}/block")
    assert (await bob.get("bubbles"))["items"] == []
    assert (await bob.get("people/cleo"))["live_space"] is None
    assert (await bob.get("people", suggested=1))["items"] == []
    assert (await bob.get(f"people/{cleo.id}/posts"))["items"][0]["attachment"] is None
    assert (await ada.get("people/cleo"))["live_space"] == space


async def test_somebody_muted_makes_no_bubble(guest: Visitor) -> None:
    ada, bob, space = await _room(guest)
    await bob.put(f"people/{ada.id}/follow")
    assert [card["id"] for card in (await bob.get("bubbles"))["items"]] == [space]
    await bob.put(f"people/{ada.id}/mute")
    assert (await bob.get("bubbles"))["items"] == []
    assert (await bob.post(f"spaces/{space}/join"))["role"] == "listener"


async def test_a_hosts_block_from_inside_the_room_removes(guest: Visitor, node: FastAPI) -> None:
    ada, bob, space = await _room(guest)
    await bob.post(f"spaces/{space}/join")
    await bob.post(f"spaces/{space}/requests")
    await ada.put(f"people/{bob.id}/block")
    await _heard(node)
    assert [seat["person"]["username"] for seat in (await ada.get(f"spaces/{space}"))["stage"]] == ["ada"]
    await ada.delete(f"people/{bob.id}/block")
    # Removed is removed, for this Space.
    assert await bob.refused("POST", f"spaces/{space}/join") == (403, "removed")


async def test_whoever_blocks_the_host_leaves(guest: Visitor, node: FastAPI) -> None:
    ada, bob, space = await _room(guest)
    await bob.post(f"spaces/{space}/join")
    await bob.post(f"spaces/{space}/requests")
    await bob.put(f"people/{ada.id}/block")
    await _heard(node)
    assert [seat["person"]["username"] for seat in (await ada.get(f"spaces/{space}"))["stage"]] == ["ada"]
    await bob.delete(f"people/{ada.id}/block")
    assert (await bob.post(f"spaces/{space}/join"))["role"] == "listener"


async def test_a_cohosts_block_removes_a_listener_and_not_the_host(guest: Visitor, node: FastAPI) -> None:
    ada, bob, space = await _room(guest)
    cleo = await _with_cohost(guest, space, ada, bob)
    await bob.put(f"people/{cleo.id}/block")
    await _heard(node)
    assert await cleo.refused("POST", f"spaces/{space}/join") == (403, "removed")
    await bob.put(f"people/{ada.id}/block")
    await _heard(node)
    assert [seat["person"]["username"] for seat in (await ada.get(f"spaces/{space}"))["stage"]] == ["ada"]


async def test_a_speakers_block_changes_nothing_in_the_room(guest: Visitor, node: FastAPI) -> None:
    ada, bob, space = await _room(guest)
    cleo = await guest.sign_up("cleo")
    for person in (bob, cleo):
        await person.post(f"spaces/{space}/join")
        await person.post(f"spaces/{space}/requests")
    await bob.put(f"people/{cleo.id}/block")
    await _heard(node)
    assert len((await ada.get(f"spaces/{space}"))["stage"]) == 3


async def test_one_is_told_at_the_door_who_of_those_on_stage_one_has_blocked(guest: Visitor) -> None:
    ada, bob, space = await _room(guest)
    cleo, dora = await guest.sign_up("cleo"), await guest.sign_up("dora")
    for speaker in (bob, cleo):
        await speaker.post(f"spaces/{space}/join")
        await speaker.post(f"spaces/{space}/requests")
    assert (await dora.post(f"spaces/{space}/join"))["blocked_on_stage"] == []
    await dora.put(f"people/{cleo.id}/block")
    await bob.put(f"people/{dora.id}/block")
    told = (await dora.post(f"spaces/{space}/join"))["blocked_on_stage"]
    # Whom one has blocked: who has blocked one is their matter, and not said.
    assert [person["display_name"] for person in told] == ["Cleo"]
    await cleo.delete(f"spaces/{space}/stage/me")
    assert (await dora.post(f"spaces/{space}/join"))["blocked_on_stage"] == []
    assert (await guest.post(f"spaces/{space}/join"))["blocked_on_stage"] == []
    assert (await ada.post(f"spaces/{space}/join"))["blocked_on_stage"] == []


async def test_an_owner_who_is_away_keeps_out_whom_they_block(guest: Visitor, node: FastAPI) -> None:
    """Whoever acts as host, and whoever speaks."""
    ada, bob, space = await _room(guest)
    cleo = await _with_cohost(guest, space, ada, bob)
    await _there(node, space, bob)
    await ada.post(f"spaces/{space}/leave")
    assert (await bob.get(f"spaces/{space}"))["host"]["username"] == "bob"

    await ada.put(f"people/{cleo.id}/block")
    await _heard(node)
    assert [seat["person"]["username"] for seat in (await bob.get(f"spaces/{space}"))["stage"]] == ["bob"]
    await ada.put(f"people/{bob.id}/block")
    await _heard(node)
    assert (await ada.get(f"spaces/{space}"))["host_away_until"] is not None, "nobody is host who cannot be here"


async def test_whoever_is_in_a_block_with_the_new_host_leaves(guest: Visitor, node: FastAPI) -> None:
    ada, bob, space = await _room(guest)
    cleo, dora = await guest.sign_up("cleo"), await guest.sign_up("dora")
    for person in (bob, cleo, dora):
        await person.post(f"spaces/{space}/join")
    for person in (bob, cleo):
        await person.post(f"spaces/{space}/requests")
    await bob.put(f"people/{cleo.id}/block")
    await dora.put(f"people/{bob.id}/block")
    await _heard(node)
    await ada.put(f"spaces/{space}/host/{bob.id}")
    await _heard(node, space_facts.PASSED_ON)
    stage = (await bob.get(f"spaces/{space}"))["stage"]
    assert {seat["person"]["username"] for seat in stage} == {"ada", "bob"}
    rooms = node.state.spaces.live.rooms
    assert rooms.concerned(space) == {ada.id, bob.id}
    await bob.delete(f"people/{cleo.id}/block")
    assert (await cleo.post(f"spaces/{space}/join"))["role"] == "listener"


async def test_nobody_is_kept_on_stage_or_on_air_by_a_block(guest: Visitor, node: FastAPI) -> None:
    """Before the room has heard of a block, whoever speaks can close the microphone and step down."""
    ada, bob, space = await _room(guest)
    await bob.post(f"spaces/{space}/requests")
    await bob.put(f"spaces/{space}/me/microphone", {"muted": False})

    def block(tx: Connection) -> None:
        now = node.state.tools.clock.now()
        tx.execute(insert(blocks).values(blocker_id=ada.id, blocked_id=bob.id, created_at=now))

    await node.state.tools.db.write(block)
    assert (await bob.put(f"spaces/{space}/me/microphone", {"muted": True}))["muted"]
    opening = {"muted": False}
    assert await bob.refused("PUT", f"spaces/{space}/me/microphone", json=opening) == (403, "blocked")
    await bob.delete(f"spaces/{space}/stage/me")
    assert [seat["person"]["username"] for seat in (await ada.get(f"spaces/{space}"))["stage"]] == ["ada"]

"""Posts of the room: whose belong there, who sees them, what hosts do with them, and that they live on."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cooee.kit.clock import SettableClock
from cooee.spaces.state import SpaceId
from cooee.spaces.tables import room_posts
from tests.spaces import rooms
from tests.spaces.conftest import House
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


@pytest.fixture
def changed_settings(changed_settings: dict[str, Any]) -> dict[str, Any]:
    return changed_settings | {"post_limit": "", "words_hidden": ["darn"], "words_refused": ["zwiebel"]}


async def opened(house: House, *inside: Visitor) -> SpaceId:
    """A busy room, with these people inside."""
    id = await house.place(rooms.busy())
    for visitor in inside:
        await visitor.post(f"spaces/{id}/join")
    return id


async def texts(visitor: Visitor, id: SpaceId) -> list[str]:
    return [post["text"] for post in (await visitor.get(f"spaces/{id}/posts"))["items"]]


async def until(holds: Callable[[], Any]) -> None:
    """Waits for the worker, which hears of posts after they were written."""
    async with asyncio.timeout(20):
        while not await holds():
            await asyncio.sleep(0.02)


async def test_what_somebody_on_stage_posts_stands_in_the_room_with_their_role(
    house: House, clock: SettableClock
) -> None:
    id = await opened(house, house.listener)
    clock.advance(timedelta(seconds=1))
    await house.host.post("posts", {"text": "Slides: example.org"})
    clock.advance(timedelta(seconds=1))
    await house.speaker.post("posts", {"text": "darn good"})
    await until(lambda: _has(house.listener, id, 2))
    shown = (await house.listener.get(f"spaces/{id}/posts"))["items"]
    assert [(post["text"], post["role"]) for post in shown] == [
        ("••• good", "speaker"),
        ("Slides: example.org", "host"),
    ]


async def _has(visitor: Visitor, id: SpaceId, many: int) -> bool:
    return len(await texts(visitor, id)) == many


async def test_of_a_listeners_posts_only_those_shared_to_the_space_stand_there(house: House) -> None:
    id = await opened(house, house.listener, house.stranger)
    await house.listener.post("posts", {"text": "Just for my followers"})
    shared = await house.listener.post(f"spaces/{id}/posts", {"text": "For the room"})
    assert (shared["role"], shared["author"]["id"]) == ("listener", rooms.LISTENER)
    await house.host.post("posts", {"text": "marker"})
    await until(lambda: _has(house.stranger, id, 2))
    assert set(await texts(house.stranger, id)) == {"For the room", "marker"}
    timeline = [post["text"] for post in (await house.listener.get("timeline"))["items"]]
    assert set(timeline) == {"For the room", "Just for my followers"}


async def test_neither_answers_nor_protected_accounts_nor_refused_words_come_into_the_room(house: House) -> None:
    id = await opened(house, house.listener, house.other_speaker)
    first = await house.host.post("posts", {"text": "First"})
    await house.host.post("posts", {"text": "An answer", "reply_to": first["id"]})
    await house.host.post("posts", {"text": "Zw1ebel"})
    await house.speaker.patch("me", {"protected": True})
    await house.speaker.post("posts", {"text": "For my followers"})
    await house.host.post("posts", {"text": "Last"})
    await until(lambda: _has(house.listener, id, 2))
    assert set(await texts(house.listener, id)) == {"First", "Last"}
    refused = await house.speaker.refused("POST", f"spaces/{id}/posts", json={"text": "Hello"})
    assert refused == (403, "not_in_the_room") or refused == (403, "post_protected")
    refused = await house.listener.refused("POST", f"spaces/{id}/posts", json={"text": "Zw1ebel"})
    assert refused == (422, "words_refused")
    await house.other_speaker.post("posts", {"text": "Until I am protected"})
    await until(lambda: _has(house.listener, id, 3))
    await house.other_speaker.patch("me", {"protected": True})
    assert set(await texts(house.listener, id)) == {"First", "Last"}


async def test_nobody_sees_those_whom_they_muted_or_blocked_pinned_or_not(house: House) -> None:
    id = await opened(house, house.listener, house.stranger)
    post = await house.stranger.post(f"spaces/{id}/posts", {"text": "Me again"})
    await house.host.put(f"spaces/{id}/posts/{post['id']}/pin")
    assert (await house.listener.get(f"spaces/{id}/posts"))["pinned"]["id"] == post["id"]
    await house.listener.put(f"people/{rooms.STRANGER}/mute")
    page = await house.listener.get(f"spaces/{id}/posts")
    assert (page["items"], page["pinned"]) == ([], None)
    assert await texts(house.host, id) == ["Me again"]


async def test_a_host_pins_one_post_in_place_of_another_and_takes_others_posts_out(house: House) -> None:
    id = await opened(house, house.listener, house.stranger)
    one = await house.listener.post(f"spaces/{id}/posts", {"text": "One"})
    two = await house.stranger.post(f"spaces/{id}/posts", {"text": "Two"})
    for post in (one, two):
        await house.cohost.put(f"spaces/{id}/posts/{post['id']}/pin")
        assert (await house.listener.get(f"spaces/{id}/posts"))["pinned"]["id"] == post["id"]
    await house.host.delete(f"spaces/{id}/posts/{one['id']}/pin")
    assert (await house.listener.get(f"spaces/{id}/posts"))["pinned"]["id"] == two["id"], "another one was pinned"
    await house.host.delete(f"spaces/{id}/posts/{two['id']}/pin")
    assert (await house.listener.get(f"spaces/{id}/posts"))["pinned"] is None
    await house.cohost.delete(f"spaces/{id}/posts/{two['id']}")
    await house.listener.delete(f"spaces/{id}/posts/{one['id']}")
    assert await texts(house.host, id) == []
    assert (await house.stranger.get(f"posts/{two['id']}"))["text"] == "Two", "it stays in the timeline"
    refused = await house.host.refused("PUT", f"spaces/{id}/posts/{two['id']}/pin")
    assert refused == (404, "room_post_not_found")


async def test_the_same_key_posts_once(house: House) -> None:
    id = await opened(house, house.listener)
    for _ in range(2):
        answer = await house.listener.send(
            "POST", f"spaces/{id}/posts", json={"text": "Once"}, headers={"Idempotency-Key": "k"}
        )
        assert answer.status_code == 201
    assert await texts(house.listener, id) == ["Once"]


async def test_a_post_that_is_deleted_goes_from_the_room(house: House) -> None:
    id = await opened(house, house.listener)
    post = await house.listener.post(f"spaces/{id}/posts", {"text": "Never mind"})
    await house.listener.delete(f"posts/{post['id']}")
    assert await texts(house.listener, id) == []

    async def forgotten() -> bool:
        return not await house.tools.db.read(lambda tx: tx.execute(select(room_posts)).all())

    await until(forgotten)


async def test_with_the_end_they_are_gone_from_the_room_at_once_and_stay_in_the_timeline(house: House) -> None:
    id = await opened(house, house.listener)
    post = await house.listener.post(f"spaces/{id}/posts", {"text": "I live on"})
    await house.host.post(f"spaces/{id}/end")
    for method, path, body in (
        ("GET", "", None),
        ("POST", "", {"text": "Too late"}),
        ("DELETE", f"/{post['id']}", None),
        ("PUT", f"/{post['id']}/pin", None),
        ("DELETE", f"/{post['id']}/pin", None),
    ):
        for visitor in (house.host, house.listener):
            assert await visitor.refused(method, f"spaces/{id}/posts{path}", json=body) == (410, "space_ended")
    assert (await house.host.get(f"posts/{post['id']}"))["text"] == "I live on"

    async def wiped() -> bool:
        return not await house.tools.db.read(lambda tx: tx.execute(select(room_posts)).all())

    await until(wiped)

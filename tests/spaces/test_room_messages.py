"""Messages to the room and to its host: who reads them, how often one writes, and what happens to them."""

from datetime import timedelta
from typing import Any

import pytest

from cooee.kit.clock import SettableClock
from cooee.spaces.state import SpaceId
from tests.spaces import rooms
from tests.spaces.conftest import House
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


@pytest.fixture
def changed_settings(changed_settings: dict[str, Any]) -> dict[str, Any]:
    return changed_settings | {"words_hidden": ["darn"], "words_held": ["casino"], "words_refused": ["zwiebel"]}


async def opened(house: House, *inside: Visitor) -> SpaceId:
    """A busy room, with these people inside."""
    id = await house.place(rooms.busy())
    for visitor in inside:
        await visitor.post(f"spaces/{id}/join")
    return id


async def write(visitor: Visitor, id: SpaceId, text: str, **more: Any) -> Any:
    return await visitor.post(f"spaces/{id}/messages", {"text": text, **more})


async def texts(visitor: Visitor, id: SpaceId) -> list[str]:
    return [message["text"] for message in (await visitor.get(f"spaces/{id}/messages"))["items"]]


async def test_what_one_writes_everybody_inside_reads_the_newest_first(house: House, clock: SettableClock) -> None:
    id = await opened(house, house.listener, house.stranger)
    written = await write(house.listener, id, "  Good evening ")
    clock.advance(timedelta(seconds=1))
    await write(house.host, id, "Welcome")
    assert (written["text"], written["author"]["id"]) == ("Good evening", rooms.LISTENER)
    assert await texts(house.stranger, id) == ["Welcome", "Good evening"]


async def test_who_is_not_inside_neither_reads_nor_writes(house: House) -> None:
    id = await opened(house)
    assert await house.stranger.refused("GET", f"spaces/{id}/messages") == (403, "not_in_the_room")
    refused = await house.stranger.refused("POST", f"spaces/{id}/messages", json={"text": "Hello"})
    assert refused == (403, "not_in_the_room")


async def test_what_is_for_the_host_the_host_and_its_author_read_alone(house: House) -> None:
    id = await opened(house, house.listener, house.stranger)
    assert (await write(house.listener, id, "It is too loud", to_host=True))["to_host"]
    assert await texts(house.host, id) == await texts(house.listener, id) == ["It is too loud"]
    assert await texts(house.cohost, id) == await texts(house.stranger, id) == []
    (message,) = (await house.host.get(f"spaces/{id}/messages"))["items"]
    await house.host.put(f"spaces/{id}/host/{rooms.SPEAKER}")
    assert await texts(house.speaker, id) == [], "the next host does not read what was for this one"
    refused = await house.speaker.refused("DELETE", f"spaces/{id}/messages/{message['id']}")
    assert refused == (404, "room_message_not_found")


async def test_nobody_reads_those_whom_they_muted_or_blocked(house: House) -> None:
    id = await opened(house, house.listener, house.stranger)
    await write(house.stranger, id, "Me again")
    await house.listener.put(f"people/{rooms.STRANGER}/mute")
    assert await texts(house.listener, id) == []
    assert await texts(house.host, id) == ["Me again"]


async def test_slow_mode_holds_for_everybody_but_the_hosts(house: House, clock: SettableClock) -> None:
    id = await opened(house, house.listener)
    assert (await house.cohost.patch(f"spaces/{id}", {"slow_mode_s": 30}))["slow_mode_s"] == 30
    for visitor in (house.host, house.host, house.cohost, house.cohost):
        await write(visitor, id, "Questions, please")
    await write(house.listener, id, "One")
    clock.advance(timedelta(seconds=29))
    answer = await house.listener.send("POST", f"spaces/{id}/messages", json={"text": "Two"})
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (429, "slow_mode", "1")
    clock.advance(timedelta(seconds=1))
    await write(house.listener, id, "Two")


async def test_words_are_masked_held_and_refused(house: House) -> None:
    id = await opened(house, house.listener, house.stranger)
    assert (await write(house.listener, id, "darn it"))["text"] == "••• it"
    refused = await house.listener.refused("POST", f"spaces/{id}/messages", json={"text": "Zw1ebel"})
    assert refused == (422, "words_refused")
    held = await write(house.listener, id, "my casino")
    assert held["held"]
    assert "my casino" not in await texts(house.stranger, id)
    assert "my casino" in await texts(house.listener, id)
    assert "my casino" in await texts(house.cohost, id)
    await house.cohost.post(f"spaces/{id}/messages/{held['id']}/release")
    assert "my casino" in await texts(house.stranger, id)


async def test_titles_pass_the_same_words(house: House) -> None:
    id = await opened(house)
    assert (await house.host.patch(f"spaces/{id}", {"title": "Darn good"}))["title"] == "••• good"
    for method, path in (("POST", "spaces"), ("PATCH", f"spaces/{id}")):
        for title in ("C4sino night", "Zwiebel"):
            assert await house.host.refused(method, path, json={"title": title}) == (422, "words_refused")


async def test_questions_of_those_who_ask_to_speak_pass_the_same_words(house: House) -> None:
    id = await opened(house)
    for question in ("C4sino night?", "Zwiebel?"):
        refused = await house.listener.refused("POST", f"spaces/{id}/requests", json={"question": question})
        assert refused == (422, "words_refused")
    await house.listener.post(f"spaces/{id}/requests", {"question": "Darn, may I?"})
    request = (await house.state(id)).request(rooms.LISTENER)
    assert request is not None
    assert request.question == "•••, may I?"


async def test_one_deletes_ones_own_and_a_host_also_others(house: House) -> None:
    id = await opened(house, house.listener, house.stranger)
    mine, theirs = await write(house.listener, id, "Mine"), await write(house.stranger, id, "Theirs")
    refused = await house.listener.refused("DELETE", f"spaces/{id}/messages/{theirs['id']}")
    assert refused == (403, "hosts_only")
    await house.listener.delete(f"spaces/{id}/messages/{mine['id']}")
    await house.cohost.delete(f"spaces/{id}/messages/{theirs['id']}")
    assert await texts(house.host, id) == []


async def test_after_the_end_nobody_reads_or_writes_at_once(house: House) -> None:
    id = await opened(house, house.listener)
    message = await write(house.listener, id, "Gone with the room")
    await house.host.post(f"spaces/{id}/end")
    for method, path, body in (
        ("GET", "", None),
        ("POST", "", {"text": "Hello?"}),
        ("DELETE", f"/{message['id']}", None),
        ("POST", f"/{message['id']}/release", None),
    ):
        for visitor in (house.host, house.listener):
            assert await visitor.refused(method, f"spaces/{id}/messages{path}", json=body) == (410, "space_ended")

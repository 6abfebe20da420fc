"""What is kept of a Space: its summary, what people thought of it, and the log of what its hosts did."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from cooee.kit.clock import SettableClock
from cooee.media.engine import Presence
from cooee.spaces.jobs import heard
from cooee.spaces.state import SpaceId
from tests.spaces import rooms
from tests.spaces.conftest import House
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio

HERE = (rooms.HOST, rooms.COHOST, rooms.OTHER_COHOST, rooms.SPEAKER, rooms.OTHER_SPEAKER, rooms.LISTENER, "g1")


async def running(house: House) -> SpaceId:
    """A room in which the listener and a guest are, too."""
    id = await house.place(rooms.busy())
    await heard(house.live, Presence(id, HERE, (), len(HERE)))
    await house.live.rooms.tick()
    return id


async def log(visitor: Visitor, id: SpaceId) -> list[tuple[str, str | None, str | None]]:
    """(what, by, to whom), the latest first."""
    items: list[dict[str, Any]] = (await visitor.get(f"spaces/{id}/log"))["items"]
    return [(item["what"], *(item[who] and item[who]["id"] for who in ("by", "person"))) for item in items]


async def test_the_summary_says_how_long_it_was_how_many_were_there_and_who_spoke(
    house: House, clock: SettableClock
) -> None:
    id = await running(house)
    assert await house.listener.refused("GET", f"spaces/{id}/summary") == (409, "space_not_over")
    for visitor in (house.speaker, house.host, house.speaker):
        clock.advance(timedelta(seconds=1))
        await visitor.put(f"spaces/{id}/me/microphone", {"muted": False})
        await visitor.put(f"spaces/{id}/me/microphone", {"muted": True})
    clock.advance(timedelta(seconds=57))
    await house.host.post(f"spaces/{id}/end")
    for visitor in (house.listener, house.guest):
        summary = await visitor.get(f"spaces/{id}/summary")
        assert (summary["duration_s"], summary["people"], summary["end_reason"]) == (60, 6, "host")
        assert [person["id"] for person in summary["spoke"]] == [rooms.SPEAKER, rooms.HOST]
        assert summary["was_there"] is (visitor is house.listener)


async def test_whoever_was_there_says_what_they_think_and_says_it_anew(house: House) -> None:
    id = await running(house)
    await house.listener.put(f"spaces/{id}/feedback", {"stars": 2, "note": "Too  quiet"})
    await house.host.post(f"spaces/{id}/end")
    await house.listener.put(f"spaces/{id}/feedback", {"stars": 5})
    mine = (await house.listener.get(f"spaces/{id}/summary"))["feedback"]
    assert (mine["stars"], mine["note"]) == (5, "")
    assert (await house.speaker.get(f"spaces/{id}/summary"))["feedback"] is None


@pytest.mark.parametrize("wrong", [{"stars": 0}, {"stars": 6}, {"stars": "5"}, {}, {"stars": 3, "note": "x" * 1001}])
async def test_feedback_has_a_shape(house: House, wrong: dict[str, Any]) -> None:
    id = await running(house)
    assert await house.listener.refused("PUT", f"spaces/{id}/feedback", json=wrong) == (422, "invalid_request")


async def test_who_was_not_there_has_no_say(house: House) -> None:
    id = await running(house)
    refused = await house.stranger.refused("PUT", f"spaces/{id}/feedback", json={"stars": 1})
    assert refused == (403, "was_not_there")
    assert (await house.guest.refused("PUT", f"spaces/{id}/feedback", json={"stars": 1}))[0] == 401


async def test_the_log_has_what_hosts_do_and_to_whom(house: House, clock: SettableClock) -> None:
    id = await running(house)
    spaces = f"spaces/{id}"
    deeds: tuple[Callable[[], Awaitable[Any]], ...] = (
        lambda: house.cohost.post(f"{spaces}/people/{rooms.SPEAKER}/mute"),
        lambda: house.host.post(f"{spaces}/requests/{rooms.ASKER}/accept"),
        lambda: house.speaker.put(f"{spaces}/me/microphone", {"muted": True}),
        lambda: house.other_speaker.delete(f"{spaces}/stage/me"),
        lambda: house.cohost.post(f"{spaces}/people/{rooms.STRANGER}/remove"),
        lambda: house.host.delete(f"{spaces}/removed/{rooms.STRANGER}"),
        lambda: house.host.patch(spaces, {"locked": True}),
    )
    for deed in deeds:
        clock.advance(timedelta(milliseconds=5))
        await deed()
    assert await log(house.cohost, id) == [
        ("locked", rooms.HOST, None),
        ("let_back", rooms.HOST, rooms.STRANGER),
        ("removed", rooms.COHOST, rooms.STRANGER),
        ("brought_on_stage", rooms.HOST, rooms.ASKER),
        ("muted", rooms.COHOST, rooms.SPEAKER),
    ]


async def test_what_happens_in_one_millisecond_stands_in_the_log_in_its_order(house: House) -> None:
    id = await running(house)
    people = (rooms.COHOST, rooms.OTHER_COHOST, rooms.SPEAKER, rooms.OTHER_SPEAKER)
    for person in people:
        await house.host.post(f"spaces/{id}/people/{person}/mute")
    for change in ({"title": "One"}, {"title": "Two"}, {"locked": True}, {"locked": False}, {"title": "Three"}):
        await house.host.patch(f"spaces/{id}", change)
    deeds = await log(house.host, id)
    assert [what for what, _, _ in deeds[:5]] == ["title", "locked", "locked", "title", "title"]
    assert [whom for _, _, whom in deeds[5:]] == list(reversed(people))


async def test_the_log_says_who_removed_a_message_and_not_what_it_said(house: House) -> None:
    id = await running(house)
    message = await house.listener.post(f"spaces/{id}/messages", {"text": "Buy my honey"})
    await house.cohost.delete(f"spaces/{id}/messages/{message['id']}")
    assert await log(house.host, id) == [("message_removed", rooms.COHOST, rooms.LISTENER)]
    assert "honey" not in str(await house.host.get(f"spaces/{id}/log"))


async def test_the_log_says_who_pinned_and_took_out_whose_post_and_who_let_guests_in(
    house: House, clock: SettableClock
) -> None:
    id = await running(house)
    spaces = f"spaces/{id}"
    post = (await house.speaker.post(f"{spaces}/posts", {"text": "The slides"}))["id"]
    own = (await house.speaker.post(f"{spaces}/posts", {"text": "Wrong ones"}))["id"]
    deeds: tuple[Callable[[], Awaitable[Any]], ...] = (
        lambda: house.host.patch(spaces, {"guests": False}),
        lambda: house.host.patch(spaces, {"topics": ["tea"]}),
        lambda: house.cohost.put(f"{spaces}/posts/{post}/pin"),
        lambda: house.cohost.put(f"{spaces}/posts/{post}/pin"),
        lambda: house.host.delete(f"{spaces}/posts/{post}/pin"),
        lambda: house.host.delete(f"{spaces}/posts/{post}/pin"),
        lambda: house.host.delete(f"{spaces}/posts/{post}"),
        lambda: house.speaker.delete(f"{spaces}/posts/{own}"),
    )
    for deed in deeds:
        clock.advance(timedelta(milliseconds=5))
        await deed()
    assert await log(house.host, id) == [
        ("post_taken_out", rooms.HOST, rooms.SPEAKER),
        ("post_unpinned", rooms.HOST, rooms.SPEAKER),
        ("post_pinned", rooms.COHOST, rooms.SPEAKER),
        ("topics", rooms.HOST, None),
        ("guests", rooms.HOST, None),
    ]
    assert (await house.host.get(f"{spaces}/log"))["items"][-1]["details"] == {"guests": False}


async def test_after_the_end_the_host_alone_reads_the_log(house: House) -> None:
    id = await running(house)
    await house.host.post(f"spaces/{id}/end")
    assert await log(house.host, id) == [("ended", rooms.HOST, None)]
    assert await house.cohost.refused("GET", f"spaces/{id}/log") == (403, "hosts_only")


async def test_who_came_in_just_before_the_end_was_there(house: House) -> None:
    id = await house.place(rooms.busy())
    await house.stranger.post(f"spaces/{id}/join")
    await house.host.post(f"spaces/{id}/end")
    summary = await house.stranger.get(f"spaces/{id}/summary")
    assert (summary["was_there"], summary["people"]) == (True, 1)
    await house.stranger.put(f"spaces/{id}/feedback", {"stars": 3})

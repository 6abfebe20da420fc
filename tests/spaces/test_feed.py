"""The feed, read from the real engine as a client reads it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection

from cooee.kit.clock import SystemClock
from cooee.spaces import service
from cooee.spaces.state import SpaceId
from tests.spaces import rooms
from tests.spaces.conftest import House
from tests.spaces.feeds import Reader, reading
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock() -> SystemClock:
    """The engine judges grants by the machine's clock."""
    return SystemClock()


async def feed_of(house: House, visitor: Visitor, id: SpaceId) -> str:
    """The address of a visitor's feed, once the Space has told what it is."""
    await house.told(id)
    door = await visitor.post(f"spaces/{id}/join")
    return str(door["feed_url"])


async def test_a_reader_has_the_whole_state_at_once_and_then_what_changes(house: House) -> None:
    id = await house.place(rooms.busy())
    async with reading(await feed_of(house, house.listener, id)) as reader:
        await reader.until(lambda it: it.state.keys() == {"everyone", f"person:{rooms.LISTENER}"})
        assert reader.state["everyone"]["title"] == "Morning"
        assert reader.state[f"person:{rooms.LISTENER}"]["role"] == "listener"
        await house.host.patch(f"spaces/{id}", {"title": "Evening"})
        await house.speaker.put(f"spaces/{id}/me/microphone", {"muted": False})
        await reader.until(lambda it: "microphone" in it.announced)
        assert reader.announced == ["title", "microphone"]
        assert reader.state["everyone"]["title"] == "Evening"


async def test_a_burst_of_changes_leaves_no_gap_and_the_feed_agrees_with_the_api(house: House) -> None:
    id = await house.place(rooms.busy())
    async with reading(await feed_of(house, house.host, id)) as reader:
        for turn in range(10):
            await house.speaker.put(f"spaces/{id}/me/microphone", {"muted": bool(turn % 2)})
            await house.listener.post(f"spaces/{id}/requests", {"question": f"{turn}?"})
            await house.listener.delete(f"spaces/{id}/requests/me")
        await house.host.patch(f"spaces/{id}", {"locked": True})
        await reader.until(lambda it: "locked" in it.announced)
        assert reader.announced.count("microphone") == 10
        await reader.until(lambda it: it.announced.count("request_withdrawn") == 10)
        assert [request["person"]["id"] for request in reader.state["hosts"]["requests"]] == [rooms.ASKER]
        space = await house.host.get(f"spaces/{id}")
        assert reader.state["everyone"]["stage"] == space["stage"]


async def test_only_hosts_read_the_queue(house: House) -> None:
    id = await house.place(rooms.busy())
    async with (
        reading(await feed_of(house, house.cohost, id)) as cohost,
        reading(await feed_of(house, house.speaker, id)) as speaker,
    ):
        await house.listener.post(f"spaces/{id}/requests", {"question": "Secret?"})
        await cohost.until(lambda it: "requested" in it.announced)
        await house.host.patch(f"spaces/{id}", {"locked": True})
        await speaker.until(lambda it: "locked" in it.announced)
        assert speaker.state.keys() == {"everyone", "stage", f"person:{rooms.SPEAKER}"}
        assert "requested" not in speaker.announced


async def test_whoever_is_promoted_is_told_and_joins_again_with_more_to_read(house: House) -> None:
    id = await house.place(rooms.busy())
    async with reading(await feed_of(house, house.asker, id)) as reader:
        await reader.until(lambda it: it.state.get(f"person:{rooms.ASKER}", {}).get("place") == 1)
        await house.host.post(f"spaces/{id}/requests/{rooms.ASKER}/accept")
        assert await reader.until_closed() == 4004
        assert "seated" in reader.announced
        assert reader.state[f"person:{rooms.ASKER}"]["role"] == "speaker"
    async with reading(await feed_of(house, house.asker, id)) as reader:
        await reader.until(lambda it: "stage" in it.state)


async def test_a_grant_from_before_a_change_of_role_shows_the_queue_to_nobody_for_long(house: House) -> None:
    id = await house.place(rooms.busy())
    url = await feed_of(house, house.cohost, id)
    await house.host.delete(f"spaces/{id}/cohosts/{rooms.COHOST}")
    await house.told(id)
    async with reading(url) as reader:
        assert await reader.until_closed() == 4004


async def test_whoever_is_removed_is_closed_and_their_grant_opens_nothing_more(house: House) -> None:
    id = await house.place(rooms.busy())
    url, other = await feed_of(house, house.listener, id), await feed_of(house, house.stranger, id)
    async with reading(url) as reader:
        await reader.until(lambda it: "everyone" in it.state)
        await house.cohost.post(f"spaces/{id}/people/{rooms.LISTENER}/remove")
        assert await reader.until_closed() == 4003
    for old in (url, other):
        async with reading(old) as reader:
            assert await reader.until_closed() == 4001
    async with reading(await feed_of(house, house.stranger, id)) as reader:
        await reader.until(lambda it: "everyone" in it.state)


async def test_the_end_is_announced_and_then_the_feed_ends(house: House) -> None:
    id = await house.place(rooms.busy())
    async with reading(await feed_of(house, house.listener, id)) as reader:
        await reader.until(lambda it: "everyone" in it.state)
        await house.host.post(f"spaces/{id}/end")
        assert await reader.until_closed() == 4005
        assert reader.announced == ["ended"]
        assert (reader.state["everyone"]["state"], reader.state["everyone"]["stage"]) == ("ended", [])


async def test_whoever_leaves_is_closed_and_no_longer_listens(house: House) -> None:
    id = await house.place(rooms.opened())
    async with (
        reading(await feed_of(house, house.host, id)) as host,
        reading(await feed_of(house, house.listener, id)) as reader,
        reading(await feed_of(house, house.guest, id)) as guest,
    ):
        await guest.until(lambda it: "everyone" in it.state)
        # How many they are is told before the face of the last one was found.
        await host.until(lambda it: listening(it) == (2, [rooms.LISTENER]))
        await house.listener.post(f"spaces/{id}/leave")
        await reader.until_closed()
        await host.until(lambda it: it.live["presence"] == {"listeners": 1, "listening": [], "moderators": []})


def listening(reader: Reader) -> tuple[int, list[str]]:
    """How many listen, and who of them is shown."""
    presence = reader.live.get("presence", {"listeners": 0, "listening": []})
    return presence["listeners"], [person["id"] for person in presence["listening"]]


async def test_what_could_not_be_told_is_told_when_the_database_is_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await house.place(rooms.busy())
    async with reading(await feed_of(house, house.listener, id)) as reader:
        await reader.until(lambda it: "everyone" in it.state)
        away = iter([RuntimeError("the database is away")])

        def cast(*args: Any) -> Any:
            if (failure := next(away, None)) is not None:
                raise failure
            return real(*args)

        real = service.cast
        monkeypatch.setattr(service, "cast", cast)
        await house.speaker.put(f"spaces/{id}/me/microphone", {"muted": False})
        await reader.until(lambda it: it.announced == ["microphone"])
        assert next(away, None) is None


async def test_reactions_reach_those_who_want_them(house: House) -> None:
    id = await house.place(rooms.busy())
    async with reading(await feed_of(house, house.listener, id), "&channels=reactions") as reader:
        await reader.until(lambda it: "everyone" in it.state)
        await house.listener.post(f"spaces/{id}/reactions", {"emoji": "💜"})
        await reader.until(lambda it: "reactions" in it.live)
        assert reader.live["reactions"] == {"from": [[rooms.LISTENER, "💜"]], "sum": {"💜": 1}}


async def test_a_reader_who_comes_back_gets_what_was_missed(house: House) -> None:
    id = await house.place(rooms.busy())
    async with reading(await feed_of(house, house.listener, id)) as reader:
        await reader.until(lambda it: len(it.state) == 2)
    await house.host.patch(f"spaces/{id}", {"title": "Evening"})
    seen = ",".join(f"{audience}:{version}" for audience, version in reader.versions.items())
    async with reading(await feed_of(house, house.listener, id), f"&after={seen}") as again:
        again.versions, again.state = reader.versions, reader.state
        await again.until(lambda it: it.announced == ["title"])
        assert again.state["everyone"]["title"] == "Evening"


async def test_ones_own_feed_says_how_a_bubble_looks_now(house: House) -> None:
    door = await house.listener.get("me/feed")
    async with reading(door["feed_url"]) as reader:
        space = await house.host.post("spaces", {"title": "Morning"})
        await reader.until(lambda it: "hint" in it.live)
        [card] = reader.live["hint"]["spaces"]
        seen = {key: card[key] for key in ("id", "title", "state")}
        assert (reader.live["hint"]["changed"], seen) == (
            "bubbles",
            {"id": space["id"], "title": "Morning", "state": "live"},
        )
        await house.host.patch(f"spaces/{space['id']}", {"title": "Noon"})
        await reader.until(lambda it: it.live["hint"]["spaces"][0]["title"] == "Noon")
        await house.host.post(f"spaces/{space['id']}/end")
        await reader.until(lambda it: it.live["hint"]["spaces"][0]["state"] == "ended")
        assert "bubble" not in reader.live, "one follows nobody there"


async def test_a_bubble_is_told_to_those_who_follow_whoever_came_on_stage(house: House) -> None:
    for person in (house.listener, house.asker, house.stranger, house.invited):
        await person.put(f"people/{house.speaker.id}/follow")
    await house.asker.put(f"people/{house.speaker.id}/mute")
    await house.stranger.put(f"people/{house.host.id}/block")
    feeds = [(await who.get("me/feed"))["feed_url"] for who in (house.listener, house.asker, house.stranger)]
    async with reading(feeds[0]) as follower, reading(feeds[1]) as muting, reading(feeds[2]) as blocking:
        id = (await house.host.post("spaces", {"policy": "everyone"}))["id"]
        for reader in (follower, muting, blocking):
            await reader.until(lambda it: "hint" in it.live)
            assert "bubble" not in reader.live
        await house.speaker.post(f"spaces/{id}/join")
        await house.speaker.post(f"spaces/{id}/requests")
        await follower.until(lambda it: "bubble" in it.live)
        [card] = follower.live["bubble"]["spaces"]
        assert (card["id"], house.speaker.id in {person["id"] for person in card["speakers"]}) == (id, True)
        # What is told later comes after all that was told of this.
        await house.host.patch(f"spaces/{id}", {"title": "Later"})
        for reader in (muting, blocking):
            await reader.until(lambda it: it.live["hint"]["spaces"][0]["title"] == "Later")
            assert "bubble" not in reader.live
    assert [card["id"] for card in (await house.listener.get("bubbles"))["items"]] == [id]
    assert (await house.asker.get("bubbles"))["items"] == (await house.stranger.get("bubbles"))["items"] == []


async def test_what_could_not_be_read_is_told_when_it_can(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    read, away = house.tools.db.read, 2

    async def flaky(work: Callable[[Connection], Any]) -> Any:
        nonlocal away
        if work.__qualname__.startswith("Bubbles.tell") and away:
            away -= 1
            raise OSError("the database is away")
        return await read(work)

    await house.listener.put(f"people/{house.host.id}/follow")
    async with reading((await house.listener.get("me/feed"))["feed_url"]) as reader:
        monkeypatch.setattr(house.tools.db, "read", flaky)
        id = (await house.host.post("spaces", {}))["id"]
        await reader.until(lambda it: "bubble" in it.live)
    assert ([card["id"] for card in reader.live["bubble"]["spaces"]], away) == ([id], 0)


async def test_two_bubbles_of_one_moment_come_in_one_message(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    read, away = house.tools.db.read, True

    async def later(work: Callable[[Connection], Any]) -> Any:
        if work.__qualname__.startswith("Bubbles.tell") and away:
            raise OSError("the database is away")
        return await read(work)

    for host in (house.host, house.speaker):
        await house.listener.put(f"people/{host.id}/follow")
    await house.stranger.put(f"people/{house.speaker.id}/follow")
    feeds = [(await who.get("me/feed"))["feed_url"] for who in (house.listener, house.stranger)]
    async with reading(feeds[0]) as of_both, reading(feeds[1]) as of_one:
        monkeypatch.setattr(house.tools.db, "read", later)
        ids = [(await host.post("spaces", {}))["id"] for host in (house.host, house.speaker)]
        away = False
        for reader, theirs in ((of_both, ids), (of_one, ids[1:])):
            await reader.until(lambda it: "bubble" in it.live)
            assert [card["id"] for card in reader.live["bubble"]["spaces"]] == theirs


async def test_whoever_is_let_back_has_the_bubble_again(house: House) -> None:
    await house.listener.put(f"people/{house.host.id}/follow")
    id = (await house.host.post("spaces", {}))["id"]
    await house.host.post(f"spaces/{id}/people/{house.listener.id}/remove")
    assert (await house.listener.get("bubbles"))["items"] == []
    async with reading((await house.listener.get("me/feed"))["feed_url"]) as reader:
        await house.host.delete(f"spaces/{id}/removed/{house.listener.id}")
        await reader.until(lambda it: "bubble" in it.live)
    assert [card["id"] for card in reader.live["bubble"]["spaces"]] == [id]


async def test_a_feed_opens_to_nobody_without_a_grant(house: House) -> None:
    id = await house.place(rooms.busy())
    url = await feed_of(house, house.listener, id)
    for wrong in (url[:-3] + "AAA", url.partition("?")[0], url.replace("/feed?grant=", "/feed?grant=.")):
        async with reading(wrong) as reader:
            assert await reader.until_closed() == 4001


def written_in(reader: Reader) -> list[dict[str, Any]]:
    """The messages of the last live value, of whichever audience it was."""
    messages: list[dict[str, Any]] = reader.live.get("room_messages", {"messages": []})["messages"]
    return messages


async def test_the_feed_has_what_is_written_and_what_is_taken_away(house: House) -> None:
    id = await house.place(rooms.busy())
    for visitor in (house.listener, house.stranger):
        await visitor.post(f"spaces/{id}/join")
    async with (
        reading(await feed_of(house, house.stranger, id)) as told,
        reading(await feed_of(house, house.host, id)) as host,
    ):
        await told.until(lambda reader: "everyone" in reader.state)
        await host.until(lambda reader: f"person:{rooms.HOST}" in reader.state)
        for text in ("One", "Two", "Three"):
            written = await house.listener.post(f"spaces/{id}/messages", {"text": text})
        await house.listener.post(f"spaces/{id}/messages", {"text": "Psst", "to_host": True})
        await told.until(lambda reader: [message["text"] for message in written_in(reader)] == ["One", "Two", "Three"])
        await host.until(lambda reader: [message["text"] for message in written_in(reader)] == ["Psst"])
        await house.listener.delete(f"spaces/{id}/messages/{written['id']}")
        await told.until(lambda reader: reader.live["room_messages"]["removed"] == [written["id"]])


async def test_the_feed_has_what_is_posted_pinned_and_taken_out(house: House) -> None:
    id = await house.place(rooms.busy())
    for visitor in (house.listener, house.stranger):
        await visitor.post(f"spaces/{id}/join")
    async with reading(await feed_of(house, house.stranger, id)) as told:
        await told.until(lambda reader: "everyone" in reader.state)
        shared = await house.listener.post(f"spaces/{id}/posts", {"text": "From the audience"})
        on_stage = await house.host.post("posts", {"text": "From the stage"})
        await told.until(lambda reader: {post["id"] for post in posted(reader)} == {shared["id"], on_stage["id"]})
        await house.host.put(f"spaces/{id}/posts/{shared['id']}/pin")
        await told.until(lambda reader: reader.live["room_posts"]["pinned"] == shared)
        await house.listener.delete(f"posts/{shared['id']}")
        await told.until(lambda reader: reader.live["room_posts"]["removed"] == [shared["id"]])
        assert told.live["room_posts"]["pinned"] is None
        assert [(post["role"], post["text"]) for post in posted(told)] == [("host", "From the stage")]


def posted(reader: Reader) -> list[dict[str, Any]]:
    """The posts of the last live value."""
    posts: list[dict[str, Any]] = reader.live.get("room_posts", {"posts": []})["posts"]
    return posts

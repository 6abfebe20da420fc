"""Spaces over HTTP: starting, coming in, speaking, ending."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from cooee.spaces.rules.room import End, Leave
from cooee.spaces.state import Policy
from tests.spaces import rooms
from tests.spaces.conftest import House
from tests.spaces.rooms import done
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


async def test_a_space_starts_with_its_host_alone_on_stage_and_muted(house: House) -> None:
    space = await house.host.post("spaces", {"title": "  Morning \n talk ", "topics": ["music"]})
    assert (space["title"], space["topics"], space["state"], space["policy"]) == (
        "Morning talk",
        ["music"],
        "live",
        "invited",
    )
    [seat] = space["stage"]
    assert (seat["person"]["id"], seat["role"], seat["muted"], seat["connected"]) == (rooms.HOST, "host", True, False)
    assert await house.host.get(f"spaces/{space['id']}") == space


async def test_the_same_key_starts_one_space(house: House) -> None:
    headers = {"idempotency-key": "tap"}
    answers = [await house.host.send("POST", "spaces", json={"title": "Tea"}, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    first, again = (answer.json() for answer in answers)
    assert again == first
    assert (await house.host.post("spaces", {"title": "Tea"}))["id"] != first["id"]


async def test_a_space_without_title_is_named_after_its_host(house: House) -> None:
    for nameless in ({}, {"title": None}, {"title": " \u202e "}):
        assert (await house.host.post("spaces", nameless))["title"] == "Host's Space"


async def test_whoever_takes_the_title_away_leaves_the_hosts_name(house: House) -> None:
    id = await house.place(rooms.busy())
    assert (await house.cohost.patch(f"spaces/{id}", {"title": " "}))["title"] == "Host's Space"


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "x" * 71},
        {"topics": ["a", "b", "c", "d"]},
        {"topics": [""]},
        {"policy": "nobody"},
        {"audience": "secret"},
        {"language": "English"},
        {"surprise": 1},
    ],
    ids=str,
)
async def test_what_is_no_space_is_refused(house: House, wrong: dict[str, Any]) -> None:
    assert await house.host.refused("POST", "spaces", json=wrong) == (422, "invalid_request")


async def test_guests_start_nothing(house: House) -> None:
    assert await house.guest.refused("POST", "spaces", json={}) == (401, "unauthenticated")


@pytest.mark.parametrize("id", ["0000000000000", "x", "%00%00%00%00%00%00%00%00%00%00%00%00%00", "a" * 500])
async def test_an_unknown_space_is_not_found(house: House, id: str) -> None:
    for method, path in (("GET", ""), ("POST", "/join"), ("POST", "/end"), ("POST", "/requests/7/accept")):
        assert await house.host.refused(method, f"spaces/{id}{path}") == (404, "space_not_found")


async def test_an_ended_space_can_be_seen_and_no_more(house: House) -> None:
    id = await house.place(done(rooms.busy(), End()))
    space = await house.listener.get(f"spaces/{id}")
    assert (space["state"], space["end_reason"], space["stage"]) == ("ended", "host", [])
    for method, path in (("POST", "/join"), ("POST", "/requests"), ("PATCH", ""), ("POST", "/leave")):
        refusal = await house.listener.refused(method, f"spaces/{id}{path}", json={})
        assert refusal == (410, "space_ended")
    answer = await house.listener.send("POST", f"spaces/{id}/join")
    assert answer.json()["reason"] == "host"


async def test_everyone_joins_as_a_listener(house: House) -> None:
    id = await house.place(rooms.opened("everyone"))
    door = await house.listener.post(f"spaces/{id}/join")
    assert (door["participant_id"], door["role"], door["muted"], door["whip_url"]) == (
        rooms.LISTENER,
        "listener",
        True,
        None,
    )
    assert door["feed_url"].startswith("ws://localhost:")
    assert door["whep_url"].startswith(f"http://localhost:8000/whep/{id}?grant=")


async def test_a_host_switches_guests_off_and_those_who_are_there_are_put_out(house: House) -> None:
    id = await house.place(rooms.opened(audience="unlisted"))
    door = await house.guest.post(f"spaces/{id}/join")
    assert house.live.rooms.is_here(id, door["participant_id"])
    assert not (await house.host.patch(f"spaces/{id}", {"guests": False}))["guests"]
    assert await house.guest.refused("POST", f"spaces/{id}/join") == (403, "guests_off")
    refused = await house.guest.client.post(
        door["whep_url"], headers={"content-type": "application/sdp"}, content="v=0"
    )
    assert (refused.status_code, refused.json()["code"]) == (401, "grant_expired")
    assert (await house.host.patch(f"spaces/{id}", {"guests": True}))["guests"]
    await house.guest.post(f"spaces/{id}/join")


async def test_a_guest_joins_as_a_participant_without_name(house: House) -> None:
    id = await house.place(rooms.opened())
    doors = [await house.guest.post(f"spaces/{id}/join") for _ in range(2)]
    assert all(door["participant_id"].startswith("g") for door in doors)
    assert doors[0]["participant_id"] != doors[1]["participant_id"]
    closed = await house.place(rooms.opened(guests=False))
    assert await house.guest.refused("POST", f"spaces/{closed}/join") == (403, "guests_off")


async def test_an_invited_space_is_not_found_by_others(house: House) -> None:
    id = (await house.host.post("spaces", {"audience": "invited"}))["id"]
    for visitor in (house.listener, house.guest):
        assert await visitor.refused("GET", f"spaces/{id}") == (404, "space_not_found")
        assert await visitor.refused("POST", f"spaces/{id}/join") == (404, "space_not_found")
    assert await house.listener.refused("POST", f"spaces/{id}/requests") == (404, "space_not_found")
    await house.host.post(f"spaces/{id}/invitations/{rooms.LISTENER}")
    assert (await house.listener.post(f"spaces/{id}/join"))["role"] == "listener"


async def test_from_request_to_open_microphone(house: House) -> None:
    id = (await house.host.post("spaces", {"title": "Questions"}))["id"]
    await house.listener.post(f"spaces/{id}/join")
    assert await house.listener.post(f"spaces/{id}/requests", {"question": "Why?"}) == {"seated": False, "place": 1}
    await house.host.post(f"spaces/{id}/requests/{rooms.LISTENER}/accept")
    door = await house.listener.post(f"spaces/{id}/join")
    assert (door["role"], door["muted"]) == ("speaker", True)
    assert f"/whip/{id}?grant=" in door["whip_url"]
    opened = await house.listener.put(f"spaces/{id}/me/microphone", {"muted": False})
    assert opened["muted"] is False
    await house.host.post(f"spaces/{id}/people/{rooms.LISTENER}/mute")
    refusal = await house.listener.refused("PUT", f"spaces/{id}/me/microphone", json={"muted": False})
    assert refusal == (403, "muted_by_host")
    await house.host.post(f"spaces/{id}/people/{rooms.LISTENER}/ask-to-unmute")
    opened = await house.listener.put(f"spaces/{id}/me/microphone", {"muted": False})
    assert opened["muted"] is False


async def test_the_policy_followed_asks_whom_the_host_follows(house: House) -> None:
    id = await house.place(rooms.opened("followed"))
    assert (await house.listener.post(f"spaces/{id}/requests"))["seated"] is False
    await house.host.put(f"people/{rooms.LISTENER}/follow")
    assert (await house.listener.post(f"spaces/{id}/requests"))["seated"] is True


async def test_whoever_was_removed_cannot_come_back(house: House) -> None:
    id = await house.place(rooms.busy())
    await house.speaker.post(f"spaces/{id}/join")
    await house.cohost.post(f"spaces/{id}/people/{rooms.SPEAKER}/remove")
    for method, path in (("POST", "/join"), ("POST", "/requests"), ("POST", "/leave")):
        assert await house.speaker.refused(method, f"spaces/{id}{path}") == (403, "removed")


async def test_nobody_can_be_invited_who_is_not_there(house: House) -> None:
    id = await house.place(rooms.opened())
    for nobody in ("123456789", "x", "99999999999999999999999"):
        refusal = await house.host.refused("POST", f"spaces/{id}/invitations/{nobody}")
        assert refusal == (404, "person_not_found")


async def test_the_owner_who_joins_again_is_host_again(house: House) -> None:
    id = await house.place(done(rooms.busy(), Leave(), rooms.HOST))
    assert (await house.host.get(f"spaces/{id}"))["host"]["id"] == rooms.COHOST
    door = await house.host.post(f"spaces/{id}/join")
    assert (door["role"], door["muted"], door["space"]["host"]["id"]) == ("host", True, rooms.HOST)


async def test_a_locked_room_lets_back_in_who_was_there(house: House) -> None:
    id = await house.place(rooms.opened())
    await house.listener.post(f"spaces/{id}/join")
    await house.host.patch(f"spaces/{id}", {"locked": True})
    assert (await house.listener.post(f"spaces/{id}/join"))["role"] == "listener"
    assert await house.stranger.refused("POST", f"spaces/{id}/join") == (403, "locked")
    assert await house.guest.refused("POST", f"spaces/{id}/join") == (403, "locked")


@pytest.mark.parametrize("policy", ["everyone", "invited"])
async def test_a_lock_has_no_way_round_by_the_stage(house: House, policy: Policy) -> None:
    id = await house.place(rooms.opened(policy))
    await house.listener.post(f"spaces/{id}/join")
    await house.host.patch(f"spaces/{id}", {"locked": True})
    assert await house.stranger.refused("POST", f"spaces/{id}/requests") == (403, "locked")
    offer = {"content": "v=0\r\n", "headers": {"content-type": "application/sdp"}}
    assert await house.stranger.refused("POST", f"/whip/{id}", **offer) == (403, "locked")
    assert len((await house.state(id)).stage) == 1
    assert (await house.listener.post(f"spaces/{id}/requests"))["seated"] == (policy == "everyone")
    await house.host.post(f"spaces/{id}/invitations/{rooms.STRANGER}")
    await house.stranger.post(f"spaces/{id}/invitations/me/accept")
    await house.host.post(f"spaces/{id}/end")
    assert await house.people["asker"].refused("POST", f"spaces/{id}/requests") == (410, "space_ended")


async def test_bubbles_show_where_those_whom_one_follows_are_on_stage(house: House) -> None:
    public = await house.place(rooms.busy())
    await house.place(replace(rooms.busy(), audience="unlisted"))
    await house.place(done(rooms.busy(), End()))
    assert (await house.listener.get("bubbles"))["items"] == []
    await house.listener.put(f"people/{rooms.OTHER_SPEAKER}/follow")
    [bubble] = (await house.listener.get("bubbles"))["items"]
    assert (bubble["id"], bubble["host"]["id"], bubble["speakers"][0]["id"]) == (public, rooms.HOST, rooms.HOST)
    assert {person["id"] for person in bubble["speakers"]} == set(rooms.roles(rooms.busy()))
    await house.host.delete(f"spaces/{public}/stage/{rooms.OTHER_SPEAKER}")
    assert (await house.listener.get("bubbles"))["items"] == []


async def test_whoever_is_on_a_public_stage_wears_the_ring(house: House) -> None:
    id = await house.place(rooms.busy())
    assert (await house.listener.get("people/speaker"))["live_space"] == id
    assert (await house.listener.get("people/listener"))["live_space"] is None
    await house.host.post(f"spaces/{id}/end")
    assert (await house.listener.get("people/speaker"))["live_space"] is None


async def test_a_post_carries_its_space_as_a_card_to_those_who_may_see_it(house: House) -> None:
    public, invited = await house.place(rooms.busy()), await house.place(replace(rooms.busy(), audience="invited"))
    for id in (public, invited):
        post = await house.host.post("posts", {"text": "Come!", "attachment": {"kind": "space", "id": id}})
        assert post["attachment"]["id"] == id
    posts = (await house.stranger.get(f"people/{rooms.HOST}/posts"))["items"]
    cards = [post["attachment"] for post in posts if post["attachment"]]
    assert len(posts) == 2
    assert [(card["id"], card["state"]) for card in cards] == [(public, "live")]


async def test_only_those_in_the_room_react(house: House) -> None:
    id = await house.place(rooms.busy())
    assert await house.listener.refused("POST", f"spaces/{id}/reactions", json={"emoji": "👏"}) == (
        403,
        "not_in_the_room",
    )
    await house.listener.post(f"spaces/{id}/join")
    await house.listener.post(f"spaces/{id}/reactions", {"emoji": "👏"})
    refusal = await house.listener.refused("POST", f"spaces/{id}/reactions", json={"emoji": "🔥"})
    assert refusal == (422, "invalid_request")


async def test_mute_all_holds_every_speaker(house: House) -> None:
    id = await house.place(rooms.busy())
    await house.cohost.post(f"spaces/{id}/mute-all")
    space = await house.host.get(f"spaces/{id}")
    assert {seat["person"]["id"] for seat in space["stage"] if seat["held"]} == {rooms.SPEAKER, rooms.OTHER_SPEAKER}


class TestGates:
    """With the operator's defaults."""

    @pytest.fixture
    def changed_settings(self) -> dict[str, Any]:
        return {"host_min_followers": 2}

    async def test_hosting_takes_followers(self, house: House) -> None:
        answer = await house.host.send("POST", "spaces", json={})
        assert (answer.status_code, answer.json()["code"]) == (403, "cannot_host_yet")
        assert (answer.json()["followers"], answer.json()["needed"]) == (0, 2)
        assert (await house.host.get("me"))["may_host"] is False
        for visitor in (house.listener, house.stranger):
            await visitor.put(f"people/{rooms.HOST}/follow")
        assert (await house.host.get("me"))["may_host"] is True
        assert (await house.host.post("spaces", {}))["state"] == "live"


class TestHostingGroup:
    """While some may host already, whatever their followers."""

    @pytest.fixture
    def changed_settings(self) -> dict[str, Any]:
        return {"hosting": "followers", "hosting_people": [rooms.STRANGER]}

    async def test_those_in_the_group_host_and_no_others(self, house: House) -> None:
        assert (await house.stranger.get("me"))["may_host"] is True
        assert (await house.stranger.post("spaces", {}))["state"] == "live"
        assert await house.host.refused("POST", "spaces", json={}) == (403, "cannot_host_yet")


class TestAccess:
    """While Spaces are being rolled out."""

    @pytest.fixture
    def changed_settings(self) -> dict[str, Any]:
        return {"hosting": "everyone", "access_percent": 0, "access_people": [rooms.STRANGER]}

    async def test_spaces_open_to_the_group_and_to_those_invited(self, house: House) -> None:
        id = await house.place(rooms.opened())
        assert await house.listener.refused("POST", f"spaces/{id}/join") == (403, "access_not_yet")
        assert await house.listener.refused("POST", f"spaces/{id}/requests") == (403, "access_not_yet")
        assert (await house.stranger.post(f"spaces/{id}/join"))["role"] == "listener"
        await house.host.post(f"spaces/{id}/invitations/{rooms.LISTENER}")
        assert (await house.listener.post(f"spaces/{id}/join"))["role"] == "listener"
        await house.listener.post(f"spaces/{id}/invitations/me/accept")

    async def test_bubbles_and_rings_are_for_those_for_whom_spaces_exist(self, house: House) -> None:
        id = await house.place(rooms.opened())
        heard: list[str] = []
        media = house.live.media
        for visitor in (house.listener, house.stranger):
            await visitor.put(f"people/{rooms.HOST}/follow")

        async def seen(visitor: Visitor) -> tuple[list[str], str | None]:
            bubbles = (await visitor.get("bubbles"))["items"]
            return [card["id"] for card in bubbles], (await visitor.get("people/host"))["live_space"]

        assert await seen(house.stranger) == ([id], id)
        assert await seen(house.listener) == ([], None)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(media, "publish_live", lambda topic, _audience, _channel, _data: heard.append(topic))
            new = (await house.host.post("spaces", {}))["id"]
            async with asyncio.timeout(20):
                while f"me:{rooms.STRANGER}" not in heard:
                    await asyncio.sleep(0.05)
        assert f"me:{rooms.LISTENER}" not in heard
        await house.host.post(f"spaces/{new}/invitations/{rooms.LISTENER}")
        # For good, and for all.
        assert sorted((await seen(house.listener))[0]) == sorted([id, new])


class TestLimits:
    """With limits that are soon reached."""

    @pytest.fixture
    def changed_settings(self) -> dict[str, Any]:
        return {
            "join_limit": "2 per minute",
            "join_address_limit": "6 per minute",
            "reaction_limit": "2 per second",
            "guest_limit": 1,
        }

    async def test_joining_has_a_limit_per_person_and_per_address(self, house: House) -> None:
        id = await house.place(rooms.opened())
        assert await attempts(house.listener, f"spaces/{id}/join", 3) == [200, 200, 429]
        assert await attempts(house.stranger, f"spaces/{id}/join", 2) == [200, 200]
        assert await attempts(house.asker, f"spaces/{id}/join", 2) == [200, 429]

    async def test_reactions_have_a_limit_per_person(self, house: House) -> None:
        id = await house.place(rooms.busy())
        await house.listener.post(f"spaces/{id}/join")
        assert await attempts(house.listener, f"spaces/{id}/reactions", 3, {"emoji": "👋"}) == [204, 204, 429]
        await house.host.post(f"spaces/{id}/reactions", {"emoji": "👋"})

    async def test_guests_have_a_limit_per_address(self, house: House) -> None:
        id = await house.place(rooms.opened())
        assert await attempts(house.guest, f"spaces/{id}/join", 2) == [200, 429]
        assert await house.guest.refused("POST", f"spaces/{id}/join") == (429, "too_many_guests")


async def attempts(visitor: Visitor, path: str, times: int, body: Any = None) -> list[int]:
    return [(await visitor.send("POST", path, json=body)).status_code for _ in range(times)]


async def test_hosts_see_whom_they_removed_and_let_them_back_in(house: House) -> None:
    id = await house.place(rooms.busy())
    assert [one["id"] for one in (await house.cohost.get(f"spaces/{id}/removed"))["items"]] == [rooms.REMOVED]
    await house.cohost.delete(f"spaces/{id}/removed/{rooms.REMOVED}")
    assert (await house.host.get(f"spaces/{id}/removed"))["items"] == []
    assert (await house.removed.post(f"spaces/{id}/join"))["role"] == "listener"


async def test_the_hosts_role_is_passed_on_for_good(house: House) -> None:
    id = await house.place(rooms.busy())
    await house.host.put(f"spaces/{id}/host/{rooms.SPEAKER}")
    assert (await house.speaker.post(f"spaces/{id}/join"))["role"] == "host"
    assert (await house.host.post(f"spaces/{id}/join"))["role"] == "speaker"
    assert await house.host.refused("POST", f"spaces/{id}/end") == (403, "host_only")
    assert (await house.speaker.post(f"spaces/{id}/end"))["state"] == "ended"


async def test_a_protected_account_is_not_made_host_of_a_public_space(house: House) -> None:
    id = await house.place(rooms.busy())
    await house.speaker.patch("me", {"protected": True})
    refused = await house.host.refused("PUT", f"spaces/{id}/host/{rooms.SPEAKER}")
    assert refused == (403, "protected_cannot_host")

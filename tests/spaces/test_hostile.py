"""Clients that mean no good: with what is others', and with more of everything than anybody needs."""

from dataclasses import replace
from typing import Any

import pytest
from httpx import Response

from cooee.spaces.rules.presence import Present
from cooee.spaces.state import Request, SpaceId
from tests.spaces import rooms
from tests.spaces.conftest import House
from tests.spaces.test_doors import LISTEN, SDP, SPEAK

pytestmark = pytest.mark.anyio


async def opened(house: House, who: str, path: str, offer: bytes) -> str:
    """The address of somebody's new session."""
    answer = await house.people[who].send("POST", path, content=offer, headers=SDP)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


async def test_nobody_takes_over_from_somebody_elses_session(house: House) -> None:
    id = await house.place(rooms.busy())
    theirs = await opened(house, "speaker", f"/whip/{id}", SPEAK)
    taking = f"/whip/{id}?replaces={theirs.rpartition('/')[2]}"
    refused = await house.other_speaker.refused("POST", taking, content=SPEAK, headers=SDP)
    assert refused == (404, "session_not_found")
    assert (await house.speaker.send("DELETE", theirs)).status_code == 200, "it is still there"


async def test_a_session_of_one_space_is_no_session_of_another(house: House) -> None:
    one, other = await house.place(rooms.busy()), await house.place(rooms.busy())
    session = await opened(house, "listener", f"/whep/{one}", LISTEN)
    elsewhere = session.replace(one, other)
    assert await house.listener.refused("DELETE", elsewhere) == (404, "session_not_found")
    assert (await house.listener.send("DELETE", session)).status_code == 200


async def test_a_grant_is_its_participants_whoever_sends_it(house: House) -> None:
    id = await house.place(rooms.busy())
    door = await house.speaker.post(f"spaces/{id}/join")
    await house.host.post(f"spaces/{id}/people/{rooms.SPEAKER}/remove")
    for path, offer in (("whip_url", SPEAK), ("whep_url", LISTEN)):
        address = door[path].partition("//")[2].partition("/")[2]
        answer = await house.host.send("POST", f"/{address}", content=offer, headers=SDP)
        assert not answer.is_success, "a host's own token adds nothing to somebody else's grant"


async def test_a_grant_that_is_played_again_opens_what_its_participant_may_now(house: House) -> None:
    id = await house.place(rooms.opened("everyone"))
    await house.speaker.post(f"spaces/{id}/requests")
    door = await house.speaker.post(f"spaces/{id}/join")
    for _ in range(2):
        assert (await played(house, door["whip_url"], SPEAK)).status_code == 201

    await house.speaker.delete(f"spaces/{id}/stage/me")
    await house.host.patch(f"spaces/{id}", {"policy": "invited"})
    answer = await played(house, door["whip_url"], SPEAK)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_on_stage"), "after stepping down"

    await house.host.patch(f"spaces/{id}", {"policy": "everyone"})
    await house.speaker.post(f"spaces/{id}/leave")
    await house.host.patch(f"spaces/{id}", {"locked": True})
    answer = await played(house, door["whip_url"], SPEAK)
    assert (answer.status_code, answer.json()["code"]) == (403, "locked"), "after leaving, when it was locked"
    assert (await house.state(id)).seat(rooms.SPEAKER) is None

    await house.host.post(f"spaces/{id}/end")
    for url, offer in ((door["whip_url"], SPEAK), (door["whep_url"], LISTEN)):
        assert (await played(house, url, offer)).status_code == 410


async def played(house: House, url: str, offer: bytes) -> Response:
    """The answer to somebody who has nothing but the address."""
    return await house.guest.client.post(url, content=offer, headers=SDP)


async def test_asking_again_and_again_is_asking_once(house: House) -> None:
    id = await house.place(rooms.busy())
    await house.listener.post(f"spaces/{id}/requests", {"question": "May I?"})
    before = await queue(house, id)
    for _ in range(30):
        assert (await house.listener.post(f"spaces/{id}/requests", {"question": "May I?"}))["place"] == 2
    assert await queue(house, id) == before, "nobody is told again"


async def queue(house: House, id: SpaceId) -> list[Request]:
    """Who asks, whether or not the node has noted meanwhile that they are away."""
    return [replace(request, away_since=None) for request in (await house.state(id)).requests]


COMMANDS: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/requests", {"question": "x" * 10_000}),
    ("POST", "/requests", {"question": "May I?", "for": rooms.HOST}),
    ("PUT", "/me/microphone", {"muted": False, "person": rooms.HOST}),
    ("PUT", "/me/microphone", {"muted": 0}),
    ("PATCH", "", {"host": rooms.LISTENER}),
    ("PATCH", "", {"title": "x" * 10_000}),
    ("POST", "/reactions", {"emoji": "💜" * 50}),
    ("POST", "/reactions", {"emoji": "<b>"}),
]


@pytest.mark.parametrize(("method", "path", "body"), COMMANDS)
async def test_what_no_client_of_ours_says_is_refused_and_changes_nothing(
    house: House, method: str, path: str, body: dict[str, Any]
) -> None:
    # Everybody is away already, so that the node has nothing to note meanwhile.
    id = await house.place(rooms.seen(rooms.busy(), Present(frozenset())))
    before = await house.state(id)
    assert await house.host.refused(method, f"spaces/{id}{path}", json=body) == (422, "invalid_request")
    assert (await house.state(id)).version == before.version


class TestFloods:
    """Where the limits are as an operator has them."""

    @pytest.fixture
    def changed_settings(self) -> dict[str, Any]:
        return {
            "hosting": "everyone",
            "reaction_limit": "5 per 10 seconds",
            "join_limit": "4 per minute",
            "request_limit": "4 per minute",
            "microphone_limit": "3 per minute",
        }

    async def test_a_flood_of_reactions_and_joins_is_stopped_for_its_sender_alone(self, house: House) -> None:
        id = await house.place(rooms.busy())
        for _ in range(3):
            await house.listener.post(f"spaces/{id}/join")
        for _ in range(5):
            await house.listener.post(f"spaces/{id}/reactions", {"emoji": "💜"})
        flood = await house.listener.send("POST", f"spaces/{id}/reactions", json={"emoji": "💜"})
        assert (flood.status_code, flood.json()["code"]) == (429, "too_many_requests")
        assert 1 <= int(flood.headers["retry-after"]) <= 10
        await house.listener.post(f"spaces/{id}/join")
        assert await house.listener.refused("POST", f"spaces/{id}/join") == (429, "too_many_requests")
        await house.speaker.post(f"spaces/{id}/join")
        await house.speaker.post(f"spaces/{id}/reactions", {"emoji": "👏"})

    async def test_a_flood_of_requests_is_stopped_for_its_sender_alone(self, house: House) -> None:
        id = await house.place(rooms.busy())
        for again in range(2):
            await house.listener.post(f"spaces/{id}/requests", {"question": f"May I, {again}?"})
            await house.listener.delete(f"spaces/{id}/requests/me")
        for question in ("one", "two"):
            await house.listener.post(f"spaces/{id}/requests", {"question": question})
        flood = await house.listener.send("POST", f"spaces/{id}/requests", json={"question": "three"})
        assert (flood.status_code, flood.json()["code"]) == (429, "too_many_requests")
        assert 1 <= int(flood.headers["retry-after"]) <= 60
        # Whoever asked too often may still stop to ask.
        await house.listener.delete(f"spaces/{id}/requests/me")
        assert (await house.stranger.post(f"spaces/{id}/requests"))["place"] == 2

    async def test_a_microphone_is_not_opened_without_end_and_can_always_be_closed(self, house: House) -> None:
        id = await house.place(rooms.busy())
        own = f"spaces/{id}/me/microphone"
        for _ in range(3):
            await house.speaker.put(own, {"muted": False})
            await house.speaker.put(own, {"muted": True})
        assert await house.speaker.refused("PUT", own, json={"muted": False}) == (429, "too_many_requests")
        await house.speaker.put(own, {"muted": True})

    async def test_a_grant_does_not_open_doors_without_end(self, house: House) -> None:
        id = await house.place(rooms.busy())
        whep = (await house.guest.post(f"spaces/{id}/join"))["whep_url"]
        sdp = {"content-type": "application/sdp"}
        answers = [(await house.guest.client.post(whep, content="v=0", headers=sdp)).status_code for _ in range(5)]
        assert answers == [406, 406, 406, 406, 429]

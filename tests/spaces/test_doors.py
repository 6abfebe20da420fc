"""WHIP and WHEP: what is wrong is said, and what is right is answered."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from cooee.kit.clock import SettableClock
from cooee.spaces.rules.room import End
from tests.spaces import rooms
from tests.spaces.conftest import House
from tests.spaces.rooms import done

pytestmark = pytest.mark.anyio

SDP = {"content-type": "application/sdp"}
FINGERPRINT = "a=fingerprint:sha-256 " + ":".join(["AB"] * 32)


def offer(direction: str, *, without: str = "", setup: str = "actpass") -> bytes:
    """An offer of one audio section, less the lines that begin with `without`."""
    lines = [
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "c=IN IP4 0.0.0.0",
        "a=mid:0",
        f"a={direction}",
        "a=ice-ufrag:abcd",
        "a=ice-pwd:0123456789012345678901",
        FINGERPRINT,
        f"a=setup:{setup}",
        "a=rtcp-mux",
        "a=rtpmap:111 opus/48000/2",
    ]
    return "".join(f"{line}\r\n" for line in lines if not (without and line.startswith(without))).encode()


SPEAK, LISTEN = offer("sendonly"), offer("recvonly")


async def test_an_offer_to_speak_is_answered_with_a_session_of_ones_own(house: House) -> None:
    id = await house.place(rooms.busy())
    answer = await house.speaker.send("POST", f"/whip/{id}", content=SPEAK, headers=SDP)
    assert answer.status_code == 201, answer.text
    assert answer.headers["content-type"] == "application/sdp"
    assert answer.headers["location"].startswith(f"/whip/{id}/")
    assert answer.headers["etag"].startswith('"')
    assert "a=recvonly" in answer.text
    assert (await house.speaker.send("DELETE", answer.headers["location"])).status_code == 200
    # The engine's own threads close it, a moment later.
    async with asyncio.timeout(10):
        while (await house.speaker.send("DELETE", answer.headers["location"])).status_code != 404:
            await asyncio.sleep(0.01)


async def test_a_grant_of_the_door_opens_it_without_a_token(house: House) -> None:
    id = await house.place(rooms.busy())
    host, guest = await house.host.post(f"spaces/{id}/join"), await house.guest.post(f"spaces/{id}/join")
    for url, content in ((host["whip_url"], SPEAK), (host["whep_url"], LISTEN), (guest["whep_url"], LISTEN)):
        answer = await house.guest.client.post(url, content=content, headers=SDP)
        assert answer.status_code == 201, answer.text


async def test_a_new_speak_session_begins_muted(house: House) -> None:
    id = await house.place(rooms.busy())
    await house.speaker.put(f"spaces/{id}/me/microphone", {"muted": False})
    await house.speaker.send("POST", f"/whip/{id}", content=SPEAK, headers=SDP)
    assert rooms.microphone(await house.state(id), rooms.SPEAKER) == "muted"


async def test_whom_the_policy_includes_may_just_speak_until_the_stage_is_full(house: House) -> None:
    id = await house.place(rooms.opened("everyone", seats=2))
    answer = await house.listener.send("POST", f"/whip/{id}", content=SPEAK, headers=SDP)
    assert answer.status_code == 201, answer.text
    refusal = await house.stranger.refused("POST", f"/whip/{id}", content=SPEAK, headers=SDP)
    assert refusal == (409, "stage_full")


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (SPEAK, {"content-type": "text/plain"}, 415, "unsupported_media_type"),
        (SPEAK, {}, 415, "unsupported_media_type"),
        (b"v=0\r\n" + b"a=x\r\n" * 20_000, SDP, 413, "body_too_large"),
        (b"", SDP, 400, "sdp_malformed"),
        (b"hello", SDP, 400, "sdp_malformed"),
        (b"\xff\xfe", SDP, 400, "sdp_malformed"),
        (offer("sendonly", without="m=audio").replace(b"a=mid:0\r\n", b""), SDP, 406, "sdp_no_audio"),
        (SPEAK.replace(b"opus", b"PCMU"), SDP, 406, "sdp_no_opus"),
        (offer("sendonly", without="a=rtcp-mux"), SDP, 406, "sdp_no_rtcp_mux"),
        (offer("sendonly", without="a=fingerprint"), SDP, 406, "sdp_no_fingerprint"),
        (SPEAK.replace(b"sha-256", b"sha-1"), SDP, 406, "sdp_no_fingerprint"),
    ],
    ids=lambda value: value.decode(errors="replace")[:12] if isinstance(value, bytes) else str(value)[:30],
)
async def test_an_offer_that_cannot_be_taken_is_refused_with_what_is_wrong(
    house: House, content: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    id = await house.place(rooms.busy())
    for visitor, door in ((house.speaker, "whip"), (house.listener, "whep")):
        given = content if door == "whip" else content.replace(b"sendonly", b"recvonly")
        answer = await visitor.send("POST", f"/{door}/{id}", content=given, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.headers["access-control-allow-origin"] == "*"


async def test_a_listener_who_wants_to_be_dtls_server_is_refused(house: House) -> None:
    id = await house.place(rooms.busy())
    content = offer("recvonly", setup="passive")
    assert await house.listener.refused("POST", f"/whep/{id}", content=content, headers=SDP) == (406, "sdp_passive")


async def test_doors_open_to_nobody_without_grant_or_token(house: House) -> None:
    id = await house.place(rooms.busy())
    for door in ("whip", "whep"):
        for query in ("", "?grant=", "?grant=x.y", f"?grant={'x' * 4000}"):
            refusal = await house.guest.refused("POST", f"/{door}/{id}{query}", content=SPEAK, headers=SDP)
            assert refusal == (401, "unauthenticated")
        wrong = {**SDP, "authorization": "Bearer nobody"}
        assert await house.guest.refused("POST", f"/{door}/{id}", content=SPEAK, headers=wrong) == (
            401,
            "unauthenticated",
        )


async def test_a_grant_opens_one_door_of_one_space_for_a_minute(house: House, clock: SettableClock) -> None:
    id, other = await house.place(rooms.busy()), await house.place(rooms.busy())
    door = await house.host.post(f"spaces/{id}/join")
    query = door["whep_url"].partition("?")[2]
    assert await refused(house, f"/whip/{id}?{query}") == (401, "unauthenticated")
    assert await refused(house, f"/whep/{other}?{query}") == (401, "unauthenticated")
    clock.advance(timedelta(seconds=62))
    assert await refused(house, f"/whep/{id}?{query}") == (401, "grant_expired")


async def test_a_grant_from_before_a_removal_opens_nothing(house: House) -> None:
    id = await house.place(rooms.busy())
    removed, other = await house.listener.post(f"spaces/{id}/join"), await house.stranger.post(f"spaces/{id}/join")
    await house.host.post(f"spaces/{id}/people/{rooms.LISTENER}/remove")
    assert await refused(house, removed["whep_url"]) == (403, "removed")
    assert await refused(house, other["whep_url"]) == (401, "grant_expired")


@pytest.mark.parametrize(
    ("door", "call", "offered", "who"),
    [("whep", "open_listen", LISTEN, rooms.LISTENER), ("whip", "open_speak", SPEAK, rooms.SPEAKER)],
    ids=["listening", "speaking"],
)
async def test_who_is_removed_while_their_offer_is_on_its_way_stays_out(
    house: House, monkeypatch: pytest.MonkeyPatch, door: str, call: str, offered: bytes, who: str
) -> None:
    id = await house.place(rooms.busy())
    media = house.live.media
    open_session = getattr(media, call)

    async def slowly(*given: Any) -> Any:
        await house.host.post(f"spaces/{id}/people/{who}/remove")
        return await open_session(*given)

    monkeypatch.setattr(media, call, slowly)
    visitor = house.listener if who == rooms.LISTENER else house.speaker
    refusal = await visitor.refused("POST", f"/{door}/{id}", content=offered, headers=SDP)
    assert refusal == (401, "grant_expired")
    assert media.close_participant(id, who, "removed") == 0, "nothing of theirs is open"


async def test_the_rules_are_asked_at_the_door(house: House) -> None:
    id, over = await house.place(rooms.busy()), await house.place(done(rooms.busy(), End()))
    cases: list[tuple[Any, str, tuple[int, str]]] = [
        (house.listener, f"/whip/{id}", (403, "not_on_stage")),
        (house.removed, f"/whip/{id}", (403, "removed")),
        (house.removed, f"/whep/{id}", (403, "removed")),
        (house.host, "/whip/0000000000000", (404, "space_not_found")),
        (house.host, "/whep/nonsense", (404, "space_not_found")),
        (house.host, f"/whip/{over}", (410, "space_ended")),
        (house.host, f"/whep/{over}", (410, "space_ended")),
    ]
    for visitor, path, refusal in cases:
        assert await visitor.refused("POST", path, content=SPEAK, headers=SDP) == refusal


async def test_pages_of_other_sites_may_ask_and_read_the_answer(house: House) -> None:
    id = await house.place(rooms.busy())
    for path in (f"/whip/{id}", f"/whep/{id}", f"/whep/{id}/node.session"):
        answer = await house.guest.send("OPTIONS", path, headers={"origin": "https://elsewhere.example"})
        assert answer.status_code == 204
        assert answer.headers["accept-post"] == "application/sdp"
        assert {"Location", "ETag", "Link"} <= set(answer.headers["access-control-expose-headers"].split(", "))
        assert "Authorization" in answer.headers["access-control-allow-headers"]


async def test_an_unknown_session_cannot_be_restarted_or_ended(house: House) -> None:
    id = await house.place(rooms.busy())
    fragment = {"content-type": "application/trickle-ice-sdpfrag"}
    content = b"a=ice-ufrag:efgh\r\na=ice-pwd:0123456789012345678901\r\n"
    for resource in ("nonsense", "elsewhere.session", f"{house.live.media.node}.nonsense", f"{house.live.media.node}."):
        for door in ("whip", "whep"):
            path = f"/{door}/{id}/{resource}"
            refusal = await house.guest.refused("PATCH", path, content=content, headers=fragment)
            assert refusal == (404, "session_not_found")
            assert await house.guest.refused("DELETE", path) == (404, "session_not_found")


async def test_ice_is_restarted_by_whoever_knows_the_current_state(house: House) -> None:
    id = await house.place(rooms.busy())
    for visitor, door, content in ((house.speaker, "whip", SPEAK), (house.listener, "whep", LISTEN)):
        opened = await visitor.send("POST", f"/{door}/{id}", content=content, headers=SDP)
        location, etag = opened.headers["location"], opened.headers["etag"]
        fragment = b"a=ice-ufrag:efgh\r\na=ice-pwd:abcdefghijabcdefghijab\r\n"
        headers = {"content-type": "application/trickle-ice-sdpfrag", "if-match": '"foreign"'}
        refusal = await visitor.refused("PATCH", location, content=fragment, headers=headers)
        assert refusal == (412, "etag_mismatch")
        restarted = await visitor.send("PATCH", location, content=fragment, headers={**headers, "if-match": etag})
        assert restarted.status_code == 200, restarted.text
        assert "a=ice-ufrag:" in restarted.text
        assert restarted.headers["etag"] != etag
        known = {**headers, "if-match": restarted.headers["etag"]}
        trickle = await visitor.send("PATCH", location, content=fragment + b"a=end-of-candidates\r\n", headers=known)
        assert (trickle.status_code, trickle.content) == (204, b"")
        wrong = await visitor.refused("PATCH", location, content=fragment, headers=SDP)
        assert wrong == (415, "unsupported_media_type")


async def refused(house: House, url: str) -> tuple[int, str]:
    return await house.guest.refused("POST", url.removeprefix("http://localhost:8000"), content=LISTEN, headers=SDP)

"""Stream keys: a program speaks for somebody on stage, and opens no microphone."""

import asyncio
from typing import Any

import pytest

from cooee.kit.errors import JsonValue
from cooee.kit.secrets import hashed
from cooee.spaces.events import evolve
from cooee.spaces.rules import conclude, decide
from cooee.spaces.rules.microphone import BeginToSpeak, Mute, SetMicrophone
from cooee.spaces.rules.presence import ServerStarted, SpeakClosed, SpeakConnected
from cooee.spaces.rules.streams import BeginToStream, StopStream, StreamClosed, StreamConnected
from cooee.spaces.state import Space
from cooee.spaces.views import permissions
from tests.raw_files import held
from tests.spaces import rooms
from tests.spaces.conftest import House
from tests.spaces.rooms import SPEAKER, done, microphone, seen
from tests.spaces.test_doors import SDP, SPEAK

TAP = SetMicrophone(muted=False)


def streaming() -> Space:
    """A busy room in which a program speaks for a speaker, who has not opened the microphone."""
    space = done(rooms.busy(), BeginToStream(), SPEAKER)
    return seen(space, StreamConnected(SPEAKER, "p1"))


def heard(space: Space) -> set[str]:
    return {participant for participant, _, may_pass in permissions(space) if may_pass}


def test_a_program_that_comes_closes_the_microphone_and_the_persons_own_tap_opens_it() -> None:
    space = done(rooms.busy(), TAP, SPEAKER)
    assert heard(space) == {SPEAKER}
    space = done(space, BeginToStream(), SPEAKER)
    assert heard(space) == {SPEAKER}, "while it connects, nothing changes"
    space = seen(space, StreamConnected(SPEAKER, "p1"))
    assert (microphone(space, SPEAKER), heard(space)) == ("muted", set())
    assert heard(done(space, TAP, SPEAKER)) == {f"s{SPEAKER}"}


def test_a_program_that_goes_leaves_the_microphone_off() -> None:
    space = done(streaming(), TAP, SPEAKER)
    for gone in (
        seen(space, StreamClosed(SPEAKER, "p1")),
        done(space, StopStream(), SPEAKER),
        seen(space, ServerStarted()),
    ):
        assert (microphone(gone, SPEAKER), heard(gone)) == ("muted", set())
        assert all(not participant.startswith("s") for participant, _, _ in permissions(gone))


def test_a_new_session_of_the_program_begins_muted_and_the_old_one_has_nothing_to_say() -> None:
    space = seen(done(streaming(), TAP, SPEAKER), StreamConnected(SPEAKER, "p2"))
    assert heard(space) == set()
    opened = done(space, TAP, SPEAKER)
    assert seen(opened, StreamClosed(SPEAKER, "p1")) is opened


def test_a_hosts_mute_holds_it() -> None:
    space = done(done(streaming(), TAP, SPEAKER), Mute(SPEAKER))
    assert heard(space) == set()
    held = seen(seen(space, StreamClosed(SPEAKER, "p1")), StreamConnected(SPEAKER, "p2"))
    assert (microphone(held, SPEAKER), heard(held)) == ("held", set())


def test_the_browser_beside_it_comes_and_goes_and_the_program_stays_on_air() -> None:
    space = done(streaming(), TAP, SPEAKER)
    space = evolve(space, decide(space, BeginToSpeak(), SPEAKER, rooms.OPENED))
    for observed in (SpeakConnected(SPEAKER, "b1"), SpeakConnected(SPEAKER, "b2"), SpeakClosed(SPEAKER, "b2")):
        space = evolve(space, conclude(space, observed, rooms.OPENED))
        assert heard(space) == {f"s{SPEAKER}"}


def test_everybody_keeps_a_number_of_their_own() -> None:
    rows = permissions(streaming())
    assert len({csrc for _, csrc, _ in rows}) == len(rows)
    (seat,) = (seat for seat in streaming().stage if seat.person == SPEAKER)
    assert dict((participant, csrc) for participant, csrc, _ in rows)[f"s{SPEAKER}"] == seat.csrc


def with_key(key: JsonValue) -> dict[str, Any]:
    return {"content": SPEAK, "headers": SDP | {"Authorization": f"Bearer {key}"}}


@pytest.mark.anyio
async def test_a_key_is_told_once_opens_whip_and_is_revoked(house: House) -> None:
    id = await house.place(rooms.busy())
    assert (await house.speaker.get(f"spaces/{id}/stream-key"))["made_at"] is None
    made = await house.speaker.post(f"spaces/{id}/stream-key")
    assert made["address"].endswith(f"/whip/{id}")
    kept = await house.speaker.get(f"spaces/{id}/stream-key")
    assert "key" not in kept
    assert (kept["made_at"], kept["used_at"]) == (made["made_at"], None)
    answer = await house.guest.send("POST", f"/whip/{id}", **with_key(made["key"]))
    assert answer.status_code == 201, answer.text
    assert (await house.speaker.get(f"spaces/{id}/stream-key"))["used_at"] is not None

    newer = await house.speaker.post(f"spaces/{id}/stream-key")
    assert await house.guest.refused("POST", f"/whip/{id}", **with_key(made["key"])) == (401, "unauthenticated")
    await house.speaker.delete(f"spaces/{id}/stream-key")
    assert await house.guest.refused("POST", f"/whip/{id}", **with_key(newer["key"])) == (401, "unauthenticated")


@pytest.mark.anyio
async def test_a_key_is_good_for_one_space_for_speaking_and_only_on_stage(house: House) -> None:
    id, other = await house.place(rooms.busy()), await house.place(rooms.busy())
    key = (await house.speaker.post(f"spaces/{id}/stream-key"))["key"]
    assert await house.guest.refused("POST", f"/whip/{other}", **with_key(key)) == (401, "unauthenticated")
    assert await house.guest.refused("POST", f"/whep/{id}", **with_key(key)) == (401, "unauthenticated")
    refused = await house.guest.refused("GET", "me", headers={"Authorization": f"Bearer {key}"})
    assert refused == (401, "unauthenticated")
    await house.speaker.delete(f"spaces/{id}/stage/me")
    assert await house.guest.refused("POST", f"/whip/{id}", **with_key(key)) == (403, "not_on_stage")
    await house.host.post(f"spaces/{id}/people/{SPEAKER}/remove")
    assert await house.guest.refused("POST", f"/whip/{id}", **with_key(key)) == (403, "removed")
    await house.host.post(f"spaces/{id}/end")
    assert (await house.guest.refused("POST", f"/whip/{id}", **with_key(key)))[0] in (401, 410)


@pytest.mark.anyio
async def test_a_key_stands_nowhere_as_it_is(house: House) -> None:
    id = await house.place(rooms.busy())
    key: str = (await house.speaker.post(f"spaces/{id}/stream-key"))["key"]
    files = held(house.tools.db)
    assert key.encode() not in files
    # Where the key's own mark is, the key would be.
    assert hashed(key) in files


@pytest.mark.anyio
async def test_with_whom_is_removed_goes_the_program_that_spoke_for_them(house: House) -> None:
    id = await house.place(rooms.busy())
    key = (await house.speaker.post(f"spaces/{id}/stream-key"))["key"]
    opened = await house.guest.send("POST", f"/whip/{id}", **with_key(key))
    assert opened.status_code == 201, opened.text
    await house.host.post(f"spaces/{id}/people/{SPEAKER}/remove")
    assert await house.guest.refused("POST", f"/whip/{id}", **with_key(key)) == (403, "removed")
    fragment = {"content": b"a=ice-ufrag:efgh\r\na=ice-pwd:abcdefghijabcdefghijab\r\n"}
    headers = {"content-type": "application/trickle-ice-sdpfrag", "if-match": '"foreign"'}
    # The engine's own threads close it, a moment later. A foreign tag changes nothing of a session that is there.
    async with asyncio.timeout(10):
        while (
            await house.guest.send("PATCH", opened.headers["location"], **fragment, headers=headers)
        ).status_code != 404:
            await asyncio.sleep(0.01)

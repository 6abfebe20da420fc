"""Clients that do not do as they are told: they send though they are muted, and stay though they are put out."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.live.conftest import People
from tests.live.node import Node
from tests.live.peers import Peer, Peers
from tests.live.people import Person
from tests.live.sound import Sound, energy
from tests.spaces.feeds import reading

pytestmark = [pytest.mark.live, pytest.mark.anyio]

AUDIBLE, SILENT = -40, -70
"""dBFS"""


async def level(ear: Peer, seconds: float = 2) -> float:
    """How loud it is for whoever listens, from now on and for so long."""
    await asyncio.sleep(1)
    ear.heard.frames.clear()
    await asyncio.sleep(seconds)
    assert ear.heard.frames, "the mix goes on, also in silence"
    return energy(ear.heard.recording())


def code(refused: pytest.ExceptionInfo[httpx.HTTPStatusError]) -> str:
    return str(refused.value.response.json()["code"])


async def test_who_is_muted_by_the_host_stays_silent_after_a_crash_of_the_server(
    node: Node, people: People, peers: Peers, novel: Sound
) -> None:
    host, speaker, listener = people("ann"), people("ben"), people("cleo")
    space = host.start_space("Held through a crash")
    await peers.speak(speaker.go_on_stage(space)["whip_url"], novel)
    speaker.open_microphone(space)
    host.post(f"/spaces/{space}/people/{speaker.id}/mute")

    node.kill()
    node.start()

    ear = await peers.listen(listener.join(space)["whep_url"])
    voice = await peers.speak(speaker.join(space)["whip_url"], novel)
    with pytest.raises(httpx.HTTPStatusError) as refused:
        speaker.open_microphone(space)
    assert code(refused) == "muted_by_host"
    assert voice.state == "connected"
    assert await level(ear) < SILENT


async def test_nobody_is_heard_after_a_crash_before_their_own_tap(
    node: Node, people: People, peers: Peers, novel: Sound
) -> None:
    speaker, listener = people("ann"), people("ben")
    space = speaker.start_space("Open before the crash")
    await peers.speak(speaker.join(space)["whip_url"], novel)
    speaker.open_microphone(space)

    node.kill()
    node.start()

    ear = await peers.listen(listener.join(space)["whep_url"])
    await peers.speak(speaker.join(space)["whip_url"], novel)
    assert await level(ear) < SILENT
    speaker.open_microphone(space)
    assert await level(ear) > AUDIBLE


async def test_a_session_that_takes_over_lifts_no_mute(people: People, peers: Peers, novel: Sound) -> None:
    host, speaker, listener = people("ann"), people("ben"), people("cleo")
    space = host.start_space("One voice, two sessions")
    first = await peers.speak(speaker.go_on_stage(space)["whip_url"], novel)
    ear = await peers.listen(listener.join(space)["whep_url"])
    speaker.open_microphone(space)
    assert await level(ear) > AUDIBLE

    second = await peers.speak(_replacing(speaker, space, first), novel)
    assert await level(ear) < SILENT, "a session that takes over begins muted"

    speaker.open_microphone(space)
    assert await level(ear) > AUDIBLE
    host.post(f"/spaces/{space}/people/{speaker.id}/mute")
    third = await peers.speak(_replacing(speaker, space, second), novel)
    # And one besides, which replaces nobody.
    await peers.speak(speaker.join(space)["whip_url"], novel)
    assert third.resource != second.resource
    assert await level(ear) < SILENT


async def test_a_mute_that_races_with_taps_holds(people: People, peers: Peers, novel: Sound) -> None:
    host, speaker, listener = people("ann"), people("ben"), people("cleo")
    space = host.start_space("Who is later")
    await peers.speak(speaker.go_on_stage(space)["whip_url"], novel)
    ear = await peers.listen(listener.join(space)["whep_url"])

    def tap() -> None:
        speaker.http.put(f"/spaces/{space}/me/microphone", json={"muted": False})

    def hold() -> None:
        host.post(f"/spaces/{space}/people/{speaker.id}/mute")

    def let_go() -> None:
        host.post(f"/spaces/{space}/people/{speaker.id}/ask-to-unmute")

    with ThreadPoolExecutor(8) as pool:
        for _ in range(10):
            let_go()
            for done in [pool.submit(what) for what in (tap, tap, hold, tap, tap, tap)]:
                done.result()
    seats = {seat["person"]["id"]: seat for seat in host.get(f"/spaces/{space}")["stage"]}
    assert seats[speaker.id]["held"]
    assert await level(ear) < SILENT


async def test_who_is_put_out_loses_every_session_and_feed_at_once(people: People, peers: Peers, novel: Sound) -> None:
    host, speaker, listener = people("ann"), people("ben"), people("cleo")
    space = host.start_space("Out, wholly")
    voice = await peers.speak(speaker.go_on_stage(space)["whip_url"], novel)
    again = await peers.speak(speaker.join(space)["whip_url"], novel)
    late = speaker.join(space)
    ear = await peers.listen(listener.join(space)["whep_url"])
    async with reading(speaker.join(space)["feed_url"]) as one, reading(speaker.join(space)["feed_url"]) as other:
        await one.until(lambda reader: "everyone" in reader.state)
        host.post(f"/spaces/{space}/people/{speaker.id}/remove")
        assert [await one.until_closed(), await other.until_closed()] == [4003, 4003]
    for session in (voice, again):
        assert speaker.http.delete(f"{speaker.site}{session.resource}").json()["code"] == "session_not_found"
    for door in ("whip_url", "whep_url"):
        with pytest.raises(AssertionError, match="removed"):
            await peers.speak(late[door], novel)
    async with reading(late["feed_url"]) as closed:
        assert await closed.until_closed() == 4001
    assert await level(ear) < SILENT


async def test_a_lock_puts_nobody_out_and_lets_nobody_new_in(people: People, peers: Peers, novel: Sound) -> None:
    host, listener, stranger = people("ann"), people("ben"), people("cleo")
    space = host.start_space("Door shut")
    await peers.speak(host.join(space)["whip_url"], novel)
    ear = await peers.listen(listener.join(space)["whep_url"])
    host.open_microphone(space)
    host.http.patch(f"/spaces/{space}", json={"locked": True}).raise_for_status()
    assert await level(ear) > AUDIBLE
    for path, headers in ((f"/spaces/{space}/join", {}), (f"{stranger.site}/whep/{space}", _SDP)):
        refused = stranger.http.post(path, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "locked")
    assert listener.join(space)["role"] == "listener", "who was inside may return"


async def test_a_co_host_takes_over_without_a_break_when_the_host_leaves(
    people: People, peers: Peers, novel: Sound
) -> None:
    host, cohost, listener = people("ann"), people("ben"), people("cleo")
    space = host.start_space("The show goes on")
    gone = await peers.speak(host.join(space)["whip_url"], novel)
    await peers.speak(cohost.go_on_stage(space)["whip_url"], novel)
    host.put(f"/spaces/{space}/cohosts/{cohost.id}")
    cohost.open_microphone(space)
    ear = await peers.listen(listener.join(space)["whep_url"])
    await asyncio.sleep(2)
    async with reading(host.join(space)["feed_url"]) as feed, reading(listener.join(space)["feed_url"]) as told:
        await told.until(lambda reader: "everyone" in reader.state)
        host.post(f"/spaces/{space}/leave")
        await told.until(lambda reader: reader.state["everyone"]["host"]["id"] == cohost.id)
        assert await feed.until_closed() in (1000, 4004)
    assert host.http.delete(f"{host.site}{gone.resource}").json()["code"] == "session_not_found"
    assert await level(ear) > AUDIBLE
    assert cohost.join(space)["role"] == "host"


_SDP = {"Content-Type": "application/sdp"}


def _replacing(person: Person, space: str, session: Peer) -> str:
    return f"{person.join(space)['whip_url']}&replaces={session.resource.rpartition('/')[2]}"

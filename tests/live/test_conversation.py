"""A conversation among clients that are not ours."""

import asyncio

import httpx
import pytest

from tests.live import werift
from tests.live.conftest import People
from tests.live.peers import Peers
from tests.live.sound import RATE, Sound, compare, energy

pytestmark = [pytest.mark.live, pytest.mark.anyio]


async def test_aiortc_speaks_by_whip_and_is_heard_by_whep(people: People, peers: Peers, novel: Sound) -> None:
    host, listener = people("ann"), people("ben")
    space = host.start_space("Two of another kind")
    await peers.speak(host.join(space)["whip_url"], novel)
    ear = await peers.listen(listener.join(space)["whep_url"])
    host.open_microphone(space)
    await asyncio.sleep(2)
    ear.heard.frames.clear()
    await asyncio.sleep(10)

    heard = compare(novel, ear.heard.recording())
    assert heard.intelligibility >= 0.85
    assert heard.longest_gap <= 0.1


async def test_werift_hears_by_whep_what_aiortc_says(people: People, peers: Peers, numbers: Sound) -> None:
    host, listener = people("ann"), people("ben")
    space = host.start_space("Three of another kind")
    await peers.speak(host.join(space)["whip_url"], numbers)
    host.open_microphone(space)
    ear = await werift.listen(listener.join(space)["whep_url"], seconds=12)

    heard = compare(numbers, ear.recording()[RATE:])
    assert heard.speaking > 3
    assert heard.intelligibility >= 0.85
    assert heard.longest_gap <= 0.1


async def test_a_speaker_whom_the_host_mutes_is_silent_though_the_client_goes_on_sending(
    people: People, peers: Peers, novel: Sound
) -> None:
    host, speaker, listener = people("ann"), people("ben"), people("cleo")
    space = host.start_space("Who holds the microphone")
    voice = await peers.speak(speaker.go_on_stage(space)["whip_url"], novel)
    ear = await peers.listen(listener.join(space)["whep_url"])
    speaker.open_microphone(space)
    await asyncio.sleep(4)
    assert energy(ear.heard.recording()[RATE:]) > -40

    host.post(f"/spaces/{space}/people/{speaker.id}/mute")
    await asyncio.sleep(1)
    ear.heard.frames.clear()
    await asyncio.sleep(3)
    assert voice.state == ear.state == "connected"
    assert ear.heard.frames
    assert energy(ear.heard.recording()) < -70

    with pytest.raises(httpx.HTTPStatusError) as refused:
        speaker.open_microphone(space)
    assert refused.value.response.json()["code"] == "muted_by_host"


async def test_who_is_removed_loses_the_session_and_is_refused_at_the_door(
    people: People, peers: Peers, novel: Sound
) -> None:
    host, speaker, listener = people("ann"), people("ben"), people("cleo")
    space = host.start_space("Out")
    voice = await peers.speak(speaker.go_on_stage(space)["whip_url"], novel)
    ear = await peers.listen(listener.join(space)["whep_url"])
    speaker.open_microphone(space)
    await asyncio.sleep(4)
    assert energy(ear.heard.recording()[RATE:]) > -40

    host.post(f"/spaces/{space}/people/{speaker.id}/remove")
    assert speaker.http.delete(f"{speaker.site}{voice.resource}").json()["code"] == "session_not_found"
    await asyncio.sleep(1)
    ear.heard.frames.clear()
    await asyncio.sleep(2)
    assert ear.heard.frames
    assert energy(ear.heard.recording()) < -70

    with pytest.raises(httpx.HTTPStatusError) as refused:
        speaker.join(space)
    assert refused.value.response.status_code == 403


async def test_nobody_is_heard_before_their_own_tap(people: People, peers: Peers, novel: Sound) -> None:
    host, listener = people("ann"), people("ben")
    space = host.start_space("Quiet please")
    await peers.speak(host.join(space)["whip_url"], novel)
    ear = await peers.listen(listener.join(space)["whep_url"])
    await asyncio.sleep(4)
    assert ear.heard.frames
    assert energy(ear.heard.recording()) < -70

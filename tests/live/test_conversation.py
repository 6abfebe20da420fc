"""A conversation among clients that are not ours."""

import asyncio

import httpx
import pytest

from tests.live import werift
from tests.live.node import Node
from tests.live.peers import listen, speak
from tests.live.people import sign_up
from tests.live.sound import RATE, Sound, compare, energy

pytestmark = [pytest.mark.live, pytest.mark.anyio]


async def test_aiortc_speaks_by_whip_and_is_heard_by_whep(node: Node, novel: Sound) -> None:
    host, listener = sign_up(node, "ann"), sign_up(node, "ben")
    space = host.start_space("Two of another kind")
    speaker = await speak(host.join(space)["whip_url"], novel)
    ear = await listen(listener.join(space)["whep_url"])
    host.open_microphone(space)
    await asyncio.sleep(2)
    ear.heard.frames.clear()
    await asyncio.sleep(10)

    heard = compare(novel, ear.heard.recording())
    assert heard.intelligibility >= 0.85
    assert heard.longest_gap <= 0.1
    await ear.close()
    await speaker.close()


async def test_werift_hears_by_whep_what_aiortc_says(node: Node, numbers: Sound) -> None:
    host, listener = sign_up(node, "ann"), sign_up(node, "ben")
    space = host.start_space("Three of another kind")
    speaker = await speak(host.join(space)["whip_url"], numbers)
    host.open_microphone(space)
    ear = await werift.listen(listener.join(space)["whep_url"], seconds=12)

    heard = compare(numbers, ear.recording()[RATE:])
    assert heard.speaking > 3
    assert heard.intelligibility >= 0.85
    assert heard.longest_gap <= 0.1
    await speaker.close()


async def test_a_speaker_whom_the_host_mutes_is_silent_though_the_client_goes_on_sending(
    node: Node, novel: Sound
) -> None:
    host, speaker, listener = sign_up(node, "ann"), sign_up(node, "ben"), sign_up(node, "cleo")
    space = host.start_space("Who holds the microphone")
    voice = await speak(speaker.go_on_stage(space)["whip_url"], novel)
    ear = await listen(listener.join(space)["whep_url"])
    speaker.open_microphone(space)
    await asyncio.sleep(4)
    assert energy(ear.heard.recording()[RATE:]) > -40

    host.post(f"/spaces/{space}/people/{speaker.id}/mute")
    await asyncio.sleep(1)
    ear.heard.frames.clear()
    await asyncio.sleep(3)
    assert voice.state == "connected"
    assert energy(ear.heard.recording()) < -70

    with pytest.raises(httpx.HTTPStatusError) as refused:
        speaker.open_microphone(space)
    assert refused.value.response.json()["code"] == "muted_by_host"
    await ear.close()
    await voice.close()


async def test_who_is_removed_loses_the_session_and_is_refused_at_the_door(node: Node, novel: Sound) -> None:
    host, speaker = sign_up(node, "ann"), sign_up(node, "ben")
    space = host.start_space("Out")
    door = speaker.go_on_stage(space)
    voice = await speak(door["whip_url"], novel)
    host.post(f"/spaces/{space}/people/{speaker.id}/remove")

    async with asyncio.timeout(10):
        while voice.state == "connected":
            await asyncio.sleep(0.05)
    with pytest.raises(httpx.HTTPStatusError) as refused:
        speaker.join(space)
    assert refused.value.response.status_code == 403
    await voice.close()


async def test_nobody_is_heard_before_their_own_tap(node: Node, novel: Sound) -> None:
    host, listener = sign_up(node, "ann"), sign_up(node, "ben")
    space = host.start_space("Quiet please")
    voice = await speak(host.join(space)["whip_url"], novel)
    ear = await listen(listener.join(space)["whep_url"])
    await asyncio.sleep(4)
    assert energy(ear.heard.recording()) < -70
    await ear.close()
    await voice.close()

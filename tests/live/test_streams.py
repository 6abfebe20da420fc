"""A program that speaks WHIP with a stream key, as OBS does. Here it is aiortc: Debian's ffmpeg has no WHIP."""

import asyncio

import httpx
import pytest

from tests.live.conftest import People
from tests.live.peers import Peers
from tests.live.sound import Sound, compare
from tests.live.test_hostile import AUDIBLE, SILENT, code, level

pytestmark = [pytest.mark.live, pytest.mark.anyio]


async def test_a_program_is_heard_after_the_persons_own_tap_alone_and_never_beside_their_browser(
    people: People, peers: Peers, novel: Sound, numbers: Sound
) -> None:
    host, speaker, listener = people("ann"), people("ben"), people("cleo")
    space = host.start_space("From the studio")
    browser = await peers.speak(speaker.go_on_stage(space)["whip_url"], numbers)
    made = speaker.post(f"/spaces/{space}/stream-key")
    ear = await peers.listen(listener.join(space)["whep_url"])
    speaker.open_microphone(space)
    assert await level(ear) > AUDIBLE

    program = await peers.speak(made["address"], novel, made["key"])
    assert await level(ear) < SILENT, "a machine that comes opens nothing, and closes what was open"
    assert browser.state == program.state == "connected"

    speaker.open_microphone(space)
    assert await level(ear, 8) > AUDIBLE
    assert compare(novel, ear.heard.recording()).intelligibility >= 0.85, "the program alone, without the browser"
    assert listener.get(f"/spaces/{space}")["listeners"] == 1, "a program is no listener"

    host.post(f"/spaces/{space}/people/{speaker.id}/mute")
    assert await level(ear) < SILENT
    with pytest.raises(httpx.HTTPStatusError) as refused:
        speaker.open_microphone(space)
    assert code(refused) == "muted_by_host"
    host.post(f"/spaces/{space}/people/{speaker.id}/ask-to-unmute")
    speaker.open_microphone(space)
    assert await level(ear) > AUDIBLE

    speaker.delete(f"/spaces/{space}/stream-key")
    assert await level(ear) < SILENT
    async with asyncio.timeout(10):
        while speaker.http.delete(f"{speaker.site}{program.resource}").json().get("code") != "session_not_found":
            await asyncio.sleep(0.1)
    assert browser.state == "connected"
    speaker.open_microphone(space)
    assert await level(ear) > AUDIBLE, "the browser's microphone again, by a tap"

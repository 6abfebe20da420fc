"""A node that is killed while it records, and while it makes the replay: what was said is there when it is back."""

import asyncio
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from cooee.media._core import join_recordings
from tests.live.conftest import People
from tests.live.node import Node
from tests.live.peers import Peers
from tests.live.people import Person
from tests.live.sound import RATE, Sound, compare, load

pytestmark = [pytest.mark.live, pytest.mark.anyio, pytest.mark.timeout(240)]

SPOKEN_S = 6.0
MOST_LOST_S = 1.0
LEASE_S = 30


async def recording(node: Node, host: Person, peers: Peers, said: Sound) -> tuple[str, float]:
    """A Space in which the host has talked under REC for some seconds, and since when it was recorded."""
    space = host.start_space("For keeps")
    door = host.join(space)
    host.put(f"/spaces/{space}/recording", {"on": True})
    began = time.monotonic()
    await peers.speak(door["whip_url"], said)
    host.open_microphone(space)
    async with asyncio.timeout(60):
        while seconds_on_disk(node, space) < SPOKEN_S:
            await asyncio.sleep(0.05)
    return space, began


def folder(node: Node, space: str) -> Path:
    (part, *_) = sorted((node.folder / "data/live" / space).iterdir())
    return part


def seconds_on_disk(node: Node, space: str) -> float:
    parts = (node.folder / "data/live" / space).glob("*/levels")
    return sum(len(levels.read_bytes()) for levels in parts) * 0.02


async def replay(node: Node, host: Person, space: str) -> Any:
    """The replay, when it is made."""
    headers = dict(host.http.headers)
    async with httpx.AsyncClient(verify=False, timeout=60, headers=headers) as http, asyncio.timeout(LEASE_S * 3):
        while True:
            answer = await http.get(f"{node.address}/api/v1/spaces/{space}/replay", params={"wait": "true"})
            if answer.status_code == 200:
                return answer.json()
            assert answer.status_code == 409, answer.text


def heard(node: Node, host: Person, url: str, tmp_path: Path) -> Sound:
    file = tmp_path / "replay.ogg"
    file.write_bytes(host.http.get(f"{node.address}{url}").raise_for_status().content)
    return load(file)


async def test_a_node_that_is_killed_while_it_records_loses_less_than_a_second(
    node: Node, people: People, peers: Peers, novel: Sound, tmp_path: Path
) -> None:
    host = people("ann")
    space, began = await recording(node, host, peers, novel)
    # Before: on a busy machine the end of a process takes its time, in which nothing is recorded.
    lived_s = time.monotonic() - began
    node.kill()
    part = folder(node, space)
    for name in ("mix.ogg", f"{host.id}.ogg"):
        kept_s = join_recordings([(str(part / name), 0)], str(tmp_path / name)) / 1000
        assert kept_s > lived_s - MOST_LOST_S, name

    await asyncio.to_thread(node.start)
    after = host.get(f"/spaces/{space}")
    assert after["state"] == "live"
    assert after["recording_since"] is not None
    host.post(f"/spaces/{space}/end")
    made = await replay(node, host, space)
    assert made["duration_ms"] / 1000 > lived_s - MOST_LOST_S
    assert [chapter["person"]["id"] for chapter in made["chapters"]] == [host.id]
    sound = heard(node, host, made["audio_url"], tmp_path)
    # The second part is silent: nobody has opened a microphone again.
    before = sound[: int((lived_s - MOST_LOST_S) * RATE)]
    assert compare(novel, before).intelligibility > 0.8
    (track,) = made["tracks"]
    assert compare(novel, heard(node, host, track["audio_url"], tmp_path)[: len(before)]).intelligibility > 0.8


async def test_a_node_that_is_killed_before_the_replay_is_made_makes_it_when_it_is_back(
    node: Node, people: People, peers: Peers, novel: Sound, tmp_path: Path
) -> None:
    host = people("ann")
    space, _ = await recording(node, host, peers, novel)
    host.post(f"/spaces/{space}/end")
    node.kill()
    await asyncio.to_thread(node.start)
    made = await replay(node, host, space)
    assert made["duration_ms"] / 1000 > SPOKEN_S - MOST_LOST_S
    assert not (node.folder / "data/live" / space).exists()
    sound = heard(node, host, made["audio_url"], tmp_path)
    assert compare(novel, sound).intelligibility > 0.8

"""The demo's Space, as a stranger hears it."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from tests.live.node import Node, running
from tests.live.peers import Peers
from tests.live.sound import Sound, compare, load
from tests.live.template import ROOT

pytestmark = [pytest.mark.live, pytest.mark.anyio]

VOICES = ("amara", "joao", "lena")


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Node]:
    with running(tmp_path / "demo", COOEE_DEMO="1") as node:
        yield node


@pytest.fixture(scope="module")
def conversation() -> Sound:
    voices = [load(ROOT / f"cooee/demo/voices/{name}.opus") for name in VOICES]
    assert len({len(voice) for voice in voices}) == 1
    return np.asarray(np.sum(voices, axis=0), np.float32)


async def test_three_recorded_voices_talk_in_turns(demo: Node, peers: Peers, conversation: Sound) -> None:
    origin = {"Origin": demo.address}
    async with httpx.AsyncClient(
        base_url=f"{demo.address}/api/v1", headers=origin, verify=False, timeout=10
    ) as visitor:
        visitor_name = (await visitor.get("/demo/accounts")).json()["items"][-1]["username"]
        (await visitor.post("/demo/sessions", json={"username": visitor_name})).raise_for_status()
        (bubble,) = (await visitor.get("/bubbles")).raise_for_status().json()["items"]
        door = (await visitor.post(f"/spaces/{bubble['id']}/join")).raise_for_status().json()
    assert {speaker["username"] for speaker in bubble["speakers"]} | {bubble["host"]["username"]} == set(VOICES)

    ear = await peers.listen(door["whep_url"])
    await asyncio.sleep(20)
    heard = compare(conversation, ear.heard.recording())
    assert heard.speaking > 8
    assert heard.intelligibility >= 0.85
    assert heard.longest_gap <= 0.1

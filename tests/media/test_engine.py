"""The typed face of the engine, in front of the real one."""

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import structlog
from websockets.asyncio.client import connect

from cooee.kit.clock import SystemClock
from cooee.kit.grants import LIFETIME, Grant, sign
from cooee.media import engine as face
from cooee.media._core import cut_recording, join_recordings, take_logs
from cooee.media.engine import (
    Engine,
    EngineError,
    Media,
    MixFailed,
    Presence,
    Publication,
    RecordingEnded,
    SpeakClosed,
    code_of,
)

pytestmark = pytest.mark.anyio

KEY = bytes(32)


def media(port: int = 0) -> Media:
    engine = Engine(node="n1", edge_host="127.0.0.1", edge_port=port, advertise=[], grant_key=KEY, listener_threads=1)
    return Media(engine, "n1")


@pytest.fixture
def running() -> Iterator[Media]:
    """An engine on a free port."""
    running = media()
    running.start()
    yield running
    running.stop()


def feed_of(node: Media, space: str, participant: str) -> str:
    expires = SystemClock().now() + LIFETIME
    grant = Grant(f"space:{space}", participant, "feed", ("everyone",), 1, expires)
    return f"ws://127.0.0.1:{node.edge_port}/feed?grant={sign(KEY, grant)}"


async def test_who_comes_and_goes_is_told_on_the_event_loop(running: Media) -> None:
    running.open_space("s", 1)
    events = running.events()
    async with connect(feed_of(running, "s", "7")):
        async with asyncio.timeout(10):
            assert await anext(events) == Presence("s", ("7",), (), 1)
    async with asyncio.timeout(10):
        assert await anext(events) == Presence("s", (), ("7",), 0)
    await cast(Any, events).aclose()


async def test_what_is_published_reaches_a_feed(running: Media) -> None:
    running.open_space("s", 1)
    running.publish("space:s", [Publication("everyone", 3, 0, b'{"title": "Hi"}', b'{"set": {}, "events": []}')])
    async with connect(feed_of(running, "s", "7")) as socket, asyncio.timeout(10):
        assert json.loads(await socket.recv())["type"] == "hello"
        snapshot = json.loads(await socket.recv())
    assert (snapshot["audience"], snapshot["version"], snapshot["data"]) == ("everyone", 3, {"title": "Hi"})


async def test_events_end_with_the_engine(running: Media) -> None:
    events = running.events()
    reading = asyncio.create_task(_all(events))
    await asyncio.sleep(0.05)
    await asyncio.to_thread(running.stop)
    async with asyncio.timeout(10):
        assert await reading == []


def test_two_engines_do_not_share_a_port(running: Media) -> None:
    other = media(running.edge_port)
    with pytest.raises(EngineError) as failure:
        other.start()
    assert code_of(failure.value) == "address_in_use"
    other.stop()


async def test_a_foreign_offer_is_refused_with_a_code(running: Media) -> None:
    running.open_space("s", 1)
    with pytest.raises(EngineError) as failure:
        await running.open_listen("s", "7", os.urandom(64).hex(), 1)
    assert code_of(failure.value) == "sdp_malformed"


def test_the_engines_figures_are_prometheus_text(running: Media) -> None:
    lines = running.metrics().splitlines()
    assert any(line.startswith("cooee_") for line in lines)
    assert all(line.startswith("#") or len(line.rsplit(" ", 1)) == 2 for line in lines)


@pytest.mark.parametrize(
    ("raw", "typed"),
    [
        ({"kind": "mix_failed"}, [MixFailed("s")]),
        (
            {"kind": "speak_closed", "participant": "1", "session": "a", "reason": "timeout"},
            [SpeakClosed("s", "1", "a", "timeout")],
        ),
        ({"kind": "speak_closed"}, []),
        ({"kind": "of a later engine"}, []),
    ],
    ids=lambda value: str(value)[:30],
)
def test_only_known_events_come_through(raw: dict[str, str], typed: list[face.Happened]) -> None:
    blank: dict[str, Any] = {
        "space": "s",
        "participant": None,
        "session": None,
        "reason": None,
        "joined": [],
        "left": [],
        "count": 0,
    }
    assert list(face._typed([cast(Any, SimpleNamespace(**(blank | raw)))])) == typed


@pytest.fixture
def fresh_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """A logger that no other test has bound to where it wrote."""
    monkeypatch.setattr(face, "_log", structlog.get_logger("cooee.media.engine"))


@pytest.mark.usefixtures("fresh_log")
async def test_what_the_engine_logs_is_in_our_log() -> None:
    node = media()
    # What other tests left unread would take its place.
    take_logs()
    with structlog.testing.capture_logs() as lines:
        node.start()
        events = asyncio.create_task(_all(node.events()))
        async with asyncio.timeout(10):
            while not (told := [line for line in lines if line.get("port") == str(node.edge_port)]):
                await asyncio.sleep(0.01)
        await asyncio.to_thread(node.stop)
        await events
    line = told[0]
    assert (line["event"], line["log_level"], line["said"]) == ("engine.log", "info", "the edge is open")
    assert line["part"].startswith("cooee_engine")


@pytest.mark.usefixtures("fresh_log")
def test_a_line_of_the_engine_keeps_its_level_and_fields_and_overwrites_nothing_of_ours() -> None:
    fields = [("struck", "mix"), ("event", "x"), ("said", "y")]
    line = SimpleNamespace(level="error", part="cooee_engine::guard", said="a bug was met", fields=fields, unheard=7)
    with structlog.testing.capture_logs() as lines:
        face.pass_on([cast(Any, line)])
    assert lines == [
        {
            "event": "engine.log",
            "log_level": "error",
            "said": "a bug was met",
            "part": "cooee_engine::guard",
            "struck": "mix",
            "unheard": "7",
        }
    ]


async def _all(events: Any) -> list[face.Happened]:
    return [event async for event in events]


async def test_a_recording_tells_when_all_is_written_and_can_be_joined_and_cut(running: Media, tmp_path: Path) -> None:
    running.open_space("s", 1)
    events = running.events()
    folder = tmp_path / "s" / "1"
    running.start_recording("s", str(folder))
    while not (folder / "levels").exists() or len((folder / "levels").read_bytes()) < 20:
        await asyncio.sleep(0.05)
    running.stop_recording("s")
    async with asyncio.timeout(10):
        assert await anext(events) == RecordingEnded("s", str(folder), "stopped")
    mix, whole, part = str(folder / "mix.ogg"), str(tmp_path / "whole.ogg"), str(tmp_path / "part.ogg")
    played_ms = join_recordings([(mix, 0), (str(folder / "nobody.ogg"), 0)], whole)
    assert played_ms >= 320
    assert cut_recording(whole, part, 100, 200) == 200
    with pytest.raises(EngineError) as failure:
        cut_recording(whole, part, 3_600_000, 1_000)
    assert code_of(failure.value) == "bad_recording"
    await cast(Any, events).aclose()

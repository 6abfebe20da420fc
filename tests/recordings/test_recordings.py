"""From REC to the replay, and to its end: over HTTP, with the real engine and real sound."""

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import Connection

from cooee.kit import outbox
from cooee.media.engine import EngineError
from cooee.spaces import facts
from cooee.tickets import sale_store
from cooee.tickets import store as tickets
from cooee.tickets.state import Offer, Sale, SaleId
from tests.recordings.conftest import Studio
from tests.spaces import rooms

pytestmark = pytest.mark.anyio


async def test_switching_it_on_closes_every_microphone_and_everybody_sees_it(studio: Studio) -> None:
    house = studio.house
    id = await house.place(rooms.with_speaker(rooms.opened(), rooms.SPEAKER))
    for visitor in (house.host, house.speaker):
        await visitor.put(f"spaces/{id}/me/microphone", {"muted": False})
    assert (await house.host.get(f"spaces/{id}"))["recorded"] is False
    space = await house.host.put(f"spaces/{id}/recording", {"on": True})
    assert space["recording_since"] is not None
    assert [seat["muted"] for seat in space["stage"]] == [True, True]
    assert (await house.guest.get(f"spaces/{id}"))["recording_since"] == space["recording_since"]
    over = await house.host.put(f"spaces/{id}/recording", {"on": False})
    assert (over["recording_since"], over["recorded"]) == (None, True)


async def test_a_recorded_space_can_be_heard_again(studio: Studio) -> None:
    id = await studio.ended()
    replay = await studio.house.guest.get(f"spaces/{id}/replay")
    assert 1_500 <= replay["duration_ms"] <= 20_000
    assert [chapter["person"]["id"] for chapter in replay["chapters"]] == [rooms.HOST]
    assert max(replay["peaks"]) > 30
    assert replay["mine"] is False
    assert replay["tracks"] == []
    audio = await studio.house.guest.send("GET", replay["audio_url"])
    assert (audio.status_code, audio.headers["content-type"]) == (200, "audio/ogg")
    assert audio.content.startswith(b"OggS")
    assert len(audio.content) == replay["size"]


async def test_whoever_waits_for_a_replay_is_answered_when_it_is_there(studio: Studio) -> None:
    id = await studio.live()
    house = studio.house
    path = f"spaces/{id}/replay"
    assert await house.guest.refused("GET", path) == (404, "replay_not_found")
    # The worker of the node has it later, when time goes on.
    await house.tools.db.write(lambda tx: outbox.put(tx, f"{facts.RECORDED}:{id}", "nobody's", {}, studio.clock.now()))
    await house.host.post(f"spaces/{id}/end")
    assert await house.guest.refused("GET", path) == (409, "replay_not_ready")
    asked = [asyncio.create_task(house.guest.send("GET", path, params={"wait": "true"})) for _ in range(3)]
    while not studio.wiring.waiting._made:
        await asyncio.sleep(0.01)
    await house.tools.db.write(
        lambda tx: outbox.schedule(tx, f"{facts.RECORDED}:{id}", facts.RECORDED, {"space": id}, studio.clock.now())
    )
    await studio.settle(id)
    assert [(await answer).status_code for answer in asked] == [200] * 3


async def test_players_ask_for_parts(studio: Studio) -> None:
    id = await studio.ended()
    path = f"/api/v1/spaces/{id}/replay/audio"
    whole = (await studio.house.guest.send("GET", path)).content

    async def part(asked: str) -> Any:
        return await studio.house.guest.send("GET", path, headers={"Range": asked})

    some = await part("bytes=10-29")
    assert (some.status_code, some.content) == (206, whole[10:30])
    assert some.headers["content-range"] == f"bytes 10-29/{len(whole)}"
    assert (await part("bytes=-5")).content == whole[-5:]
    assert (await part(f"bytes={len(whole) - 3}-")).content == whole[-3:]
    assert (await part(f"bytes={len(whole)}-")).status_code == 416
    assert (await part("bytes=0-1,3-4")).content == whole
    kept = await studio.house.guest.send("GET", path, params={"download": "true"})
    assert kept.headers["content-disposition"] == "attachment; filename*=UTF-8''Morning.ogg"


async def test_the_host_has_each_speaker_alone_and_nobody_else_has(studio: Studio) -> None:
    id = await studio.ended()
    (track,) = (await studio.house.host.get(f"spaces/{id}/replay"))["tracks"]
    assert track["person"]["id"] == rooms.HOST
    audio = await studio.house.host.send("GET", track["audio_url"])
    assert audio.content.startswith(b"OggS")
    assert await studio.house.speaker.refused("GET", track["audio_url"]) == (403, "host_only")
    assert await studio.house.host.refused("GET", f"spaces/{id}/replay/tracks/{rooms.SPEAKER}") == (
        404,
        "replay_not_found",
    )


@pytest.mark.parametrize(
    ("changes", "who", "refused"),
    [
        ({}, "guest", None),
        ({"audience": "unlisted"}, "guest", None),
        ({"guests": False}, "guest", "guests_off"),
        ({"guests": False}, "stranger", None),
        ({"banned": frozenset({rooms.REMOVED})}, "removed", "removed"),
        ({"audience": "invited"}, "guest", "space_not_found"),
        ({"audience": "invited"}, "stranger", "space_not_found"),
        ({"audience": "invited", "admitted": frozenset({rooms.LISTENER})}, "listener", None),
    ],
)
async def test_whoever_might_have_come_in_may_hear_it(
    studio: Studio, changes: dict[str, Any], who: str, refused: str | None
) -> None:
    id = await studio.ended(**changes)
    visitor = getattr(studio.house, who)
    for path in (f"spaces/{id}/replay", f"spaces/{id}/replay/audio", f"spaces/{id}/replay/captions"):
        if refused is None:
            assert (await visitor.send("GET", path)).status_code == 200
        else:
            assert (await visitor.refused("GET", path))[1] == refused


async def test_a_ticketed_replay_is_heard_by_those_who_bought_and_by_nobody_else(studio: Studio) -> None:
    id = await studio.ended()
    house, now = studio.house, studio.clock.now()
    clip = (await house.host.post(f"spaces/{id}/clips", {"start_ms": 0, "length_ms": 1_000}))["id"]

    def sell(tx: Connection) -> None:
        tickets.make_offer(tx, Offer(id, rooms.HOST, "usd", 1_000, 10, "over"), now)
        bought = (rooms.LISTENER, rooms.LISTENER, "usd", 1_000, 30, 1, now)
        sale_store.insert_sale(tx, Sale(SaleId("s1"), "ticket", id, rooms.HOST, *bought, state="paid", paid_at=now))

    await house.tools.db.write(sell)
    paths = [f"spaces/{id}/replay{part}" for part in ("", "/audio", "/audio?download=true", "/captions")]
    for path in (*paths, f"clips/{clip}", f"clips/{clip}/audio"):
        for visitor in (house.guest, house.stranger):
            assert await visitor.refused("GET", path) == (402, "ticket_needed"), path
        for visitor in (house.listener, house.host):
            assert (await visitor.send("GET", path)).status_code == 200, path
    piece = {"Range": "bytes=0-3"}
    assert (await house.stranger.send("GET", f"spaces/{id}/replay/audio", headers=piece)).status_code == 402
    body = {"start_ms": 0, "length_ms": 1_000}
    assert await house.stranger.refused("POST", f"spaces/{id}/clips", json=body) == (402, "ticket_needed")
    podcast = await house.guest.send("GET", f"people/{rooms.HOST}/replays.rss")
    assert ET.fromstring(podcast.content).findall("channel/item") == []
    page = (await house.guest.send("GET", f"/clips/{clip}")).text
    assert "og:audio" not in page


async def test_what_is_recorded_in_parts_is_one_replay(studio: Studio) -> None:
    id = await studio.live()
    host = studio.house.host
    await host.put(f"spaces/{id}/recording", {"on": False})
    # The node came back, or the mix failed: the stage is taken again while it is recorded.
    await host.put(f"spaces/{id}/recording", {"on": True})
    await studio.written(id, 120)
    await studio.house.live.rooms._take_stage(id)
    await studio.written(id, 180)
    assert len(list(studio.wiring.tapes.folder(id).iterdir())) == 3
    await studio.end(id)
    replay = await host.get(f"spaces/{id}/replay")
    assert replay["duration_ms"] >= 3_000
    assert studio.files() == sorted(
        f"recordings/{id}.{path}" for path in (f"{_token(studio)}.ogg", f"{_token(studio)}.{rooms.HOST}.ogg")
    )


async def test_what_a_crash_left_becomes_a_replay(studio: Studio) -> None:
    id = await studio.live()
    folder = studio.wiring.tapes.folder(id)
    torn = studio.wiring.workshop.parent / "torn"
    shutil.copytree(folder, torn)
    await studio.house.host.post(f"spaces/{id}/end")
    while studio.wiring.tapes.is_writing(id):
        await studio.house.live._tools.db.read(lambda _tx: None)
    shutil.rmtree(folder)
    shutil.copytree(torn, folder)
    await studio.settle(id)
    assert (await studio.house.guest.get(f"spaces/{id}/replay"))["duration_ms"] >= 500


async def test_nothing_is_kept_of_what_was_too_short(studio: Studio) -> None:
    house = studio.house
    id = await house.place(rooms.opened())
    await house.host.put(f"spaces/{id}/recording", {"on": True})
    await studio.end(id)
    assert await house.host.refused("GET", f"spaces/{id}/replay") == (404, "replay_not_found")
    assert studio.files() == []


async def test_a_hosts_public_replays_are_a_podcast(studio: Studio) -> None:
    public, _hidden = await studio.ended(), await studio.ended(audience="unlisted")
    answer = await studio.house.guest.send("GET", f"people/{rooms.HOST}/replays.rss")
    assert answer.headers["content-type"].startswith("application/rss+xml")
    items = ET.fromstring(answer.content).findall("channel/item")
    assert [item.findtext("link") for item in items] == [f"http://localhost:8000/spaces/{public}"]
    (enclosure,) = items[0].findall("enclosure")
    assert enclosure.get("type") == "audio/ogg"
    audio = await studio.house.guest.send("GET", enclosure.attrib["url"].removeprefix("http://localhost:8000"))
    assert len(audio.content) == int(enclosure.attrib["length"])


async def test_a_protected_host_has_no_podcast(studio: Studio) -> None:
    await studio.ended()
    await studio.house.host.patch("me", {"protected": True})
    answer = await studio.house.guest.send("GET", f"people/{rooms.HOST}/replays.rss")
    assert ET.fromstring(answer.content).findall("channel/item") == []


async def test_no_title_breaks_a_podcast(studio: Studio) -> None:
    title = 'Tea & <item>"cake"</item> ]]> 💜 شاي'
    await studio.ended(title=title)
    answer = await studio.house.guest.send("GET", f"people/{rooms.HOST}/replays.rss")
    assert [item.findtext("title") for item in ET.fromstring(answer.content).findall("channel/item")] == [title]


async def test_cards_of_what_can_be_heard_again_say_so(studio: Studio) -> None:
    id = await studio.ended()
    post = await studio.house.host.post("posts", {"text": "Again", "attachment": {"kind": "space", "id": id}})
    assert post["attachment"]["state"] == "ended"
    assert post["attachment"]["replay_ms"] >= 1_500


async def test_a_space_may_be_recorded_from_its_beginning(studio: Studio) -> None:
    host = studio.house.host
    space = await host.post("spaces", {"record": True})
    assert space["recording_since"] == space["started_at"]
    await studio.written(space["id"], 60)
    await studio.end(space["id"])
    assert (await host.get(f"spaces/{space['id']}/replay"))["duration_ms"] >= 1_000


async def test_a_space_that_was_announced_is_recorded_from_its_beginning(studio: Studio) -> None:
    host = studio.house.host
    at = (studio.clock.now() + timedelta(days=1)).isoformat()
    announced = await host.post("spaces", {"title": "Later", "record": True, "scheduled_start": at})
    assert announced["record"] is True
    space = await host.post(f"spaces/{announced['id']}/start")
    assert space["recording_since"] == space["started_at"]
    await studio.written(space["id"], 60)
    await studio.end(space["id"])
    assert (await host.get(f"spaces/{space['id']}/replay"))["duration_ms"] >= 1_000


async def test_a_recording_that_cannot_even_begin_is_not_said_to_go_on(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = studio.house
    id = await house.place(rooms.opened())

    def overloaded(_space: str, _folder: str) -> None:
        raise EngineError("overloaded", "no thread is left")

    monkeypatch.setattr(house.live.media, "start_recording", overloaded)
    await house.host.put(f"spaces/{id}/recording", {"on": True})
    async with asyncio.timeout(20):
        while (await house.state(id)).recording_since is not None:
            await asyncio.sleep(0.05)
    log = (await house.host.get(f"spaces/{id}/log"))["items"]
    said = {line["what"]: line["details"] for line in log}
    assert said == {"recording_started": {}, "recording_stopped": {"failed": True}}


async def test_a_disk_that_fails_ends_the_recording_and_the_room_is_told(studio: Studio) -> None:
    house = studio.house
    id = await house.place(rooms.opened())
    in_the_way: Path = studio.wiring.tapes.folder(id)
    in_the_way.parent.mkdir(parents=True, exist_ok=True)
    in_the_way.write_text("no folder can be made here")
    await house.host.put(f"spaces/{id}/recording", {"on": True})
    async with asyncio.timeout(20):
        while (await house.state(id)).recording_since is not None:
            await asyncio.sleep(0.05)
    assert (await house.guest.get(f"spaces/{id}"))["state"] == "live"
    log = (await house.host.get(f"spaces/{id}/log"))["items"]
    said = {line["what"]: line["details"] for line in log}
    assert said == {"recording_started": {}, "recording_stopped": {"failed": True}}


def _token(studio: Studio) -> str:
    return studio.files()[0].split(".")[1]

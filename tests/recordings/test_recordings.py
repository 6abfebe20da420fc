"""From REC to the replay, and to its end: over HTTP, with the real engine and real sound."""

import asyncio
import io
import shutil
import threading
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import Connection, select

from cooee.captions import service as captions
from cooee.captions import store as captions_store
from cooee.captions.tables import caption_lines
from cooee.kit import outbox
from cooee.kit.bucket import Place
from cooee.kit.clock import SettableClock
from cooee.kit.worker import Worker
from cooee.media.engine import EngineError
from cooee.moderation import subjects
from cooee.moderation.rules import Removal
from cooee.people import export
from cooee.people.ids import PersonId
from cooee.recordings import belongings, jobs
from cooee.recordings import service as recordings
from cooee.recordings.tables import recording_captions
from cooee.spaces import facts
from cooee.spaces import service as spaces
from cooee.spaces.rules.room import End
from cooee.spaces.service import Change
from cooee.spaces.state import SpaceId
from cooee.tickets import store as tickets
from cooee.tickets.state import Offer, Sale, SaleId
from tests.recordings.conftest import Studio
from tests.s3 import Store, serving
from tests.s3 import settings as s3_settings
from tests.spaces import rooms

pytestmark = pytest.mark.anyio


async def test_switching_it_on_closes_every_microphone_and_everybody_sees_it(studio: Studio) -> None:
    house = studio.house
    id = await house.place(rooms.with_speaker(rooms.opened(), rooms.SPEAKER))
    for visitor in (house.host, house.speaker):
        await visitor.put(f"spaces/{id}/me/microphone", {"muted": False})
    space = await house.host.put(f"spaces/{id}/recording", {"on": True})
    assert space["recording_since"] is not None
    assert [seat["muted"] for seat in space["stage"]] == [True, True]
    assert (await house.guest.get(f"spaces/{id}"))["recording_since"] == space["recording_since"]
    assert (await house.host.put(f"spaces/{id}/recording", {"on": False}))["recording_since"] is None


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


async def test_captions_of_those_who_agreed_stay_with_the_replay_and_go_with_it(studio: Studio) -> None:
    house, db = studio.house, studio.house.tools.db
    id = await studio.live(language="en")
    begun = studio.clock.now()

    def lines(tx: Connection) -> list[str]:
        return [
            *tx.execute(select(caption_lines.c.text)).scalars(),
            *tx.execute(select(recording_captions.c.text)).scalars(),
        ]

    async def say(text: str, after_ms: int) -> None:
        at, lasted = begun + timedelta(milliseconds=after_ms), timedelta(milliseconds=400)
        await db.write(lambda tx: captions.write_down(tx, house.live.house, id, rooms.HOST, text, at, lasted))

    await say("nobody asked them", 0)
    await house.host.put("me/captions", {"agreed": True})
    await say("before the tape ran", -2_000)
    await say("good evening & welcome", 280)
    assert len(await db.read(lines)) == 2
    await studio.end(id)
    assert await house.guest.refused("GET", f"spaces/{id}/captions") == (401, "unauthenticated")
    assert await house.host.refused("GET", f"spaces/{id}/captions") == (410, "space_ended")

    replay = await house.guest.get(f"spaces/{id}/replay")
    assert replay["language"] == "en"
    read = await house.guest.send("GET", replay["captions_url"])
    assert read.headers["content-type"] == "text/vtt; charset=utf-8"
    assert read.text == "WEBVTT\n\n00:00:00.200 --> 00:00:01.400\n<v Host>Good evening &amp; welcome\n"
    kept = await house.guest.send("GET", replay["captions_url"], params={"download": "true"})
    assert kept.headers["content-disposition"] == "attachment; filename*=UTF-8''Morning.vtt"
    podcast = await house.guest.send("GET", f"people/{rooms.HOST}/replays.rss")
    (told,) = ET.fromstring(podcast.content).iterfind("channel/item/{https://podcastindex.org/namespace/1.0}transcript")
    assert told.attrib == {"url": f"http://localhost:8000{replay['captions_url']}", "type": "text/vtt"}
    copy = await db.read(lambda tx: belongings.tell(tx, rooms.HOST))
    assert copy["recording_captions"] == [{"space": id, "start_ms": 200, "text": "Good evening & welcome"}]
    assert await db.read(lines) == ["Good evening & welcome"]
    await house.host.delete(f"spaces/{id}/replay")
    assert await db.read(lines) == []
    assert await house.guest.refused("GET", f"spaces/{id}/replay/captions") == (404, "replay_not_found")


async def test_whoever_takes_it_back_is_read_in_no_replay_whether_it_is_made_already_or_not(studio: Studio) -> None:
    house, db = studio.house, studio.house.tools.db
    for visitor in (house.host, house.speaker):
        await visitor.put("me/captions", {"agreed": True})
    made, waiting = await studio.live(), await studio.live()
    began = studio.clock.now()
    for id in (made, waiting):
        for person, text, at in ((rooms.HOST, "stays", began), (rooms.SPEAKER, "goes", began + timedelta(seconds=1))):
            said = (house.live.house, id, person, text, at, timedelta(milliseconds=400))
            assert await db.write(lambda tx, said=said: captions.write_down(tx, *said))  # type: ignore[misc]

    async def read(id: SpaceId) -> list[str]:
        words = (await house.guest.send("GET", f"spaces/{id}/replay/captions")).text
        return [line.partition(">")[2] for line in words.splitlines() if line.startswith("<v")]

    await studio.end(made)
    assert await read(made) == ["Stays", "Goes"]
    await house.speaker.put("me/captions", {"agreed": False})
    assert await read(made) == ["Stays"]
    waits = select(caption_lines.c.text).order_by(caption_lines.c.number)
    assert list(await db.read(lambda tx: tx.execute(waits).scalars().all())) == ["Stays"]
    # Nobody was asked again: what was written down all the same is not published.
    await db.write(lambda tx: captions_store.agree(tx, rooms.HOST, False, began))
    await studio.end(waiting)
    assert await read(waiting) == []


async def test_posts_that_were_pinned_are_chapters_for_those_who_may_read_them(studio: Studio) -> None:
    id = await studio.live()
    house = studio.house
    kept, gone = [
        (await house.host.post(f"spaces/{id}/posts", {"text": text}))["id"] for text in ("The agenda", "A mistake")
    ]
    for post in (kept, gone):
        studio.clock.advance(timedelta(milliseconds=400))
        await house.host.put(f"spaces/{id}/posts/{post}/pin")
    await house.host.delete(f"posts/{gone}")
    await studio.end(id)
    (pin,) = (await house.stranger.get(f"spaces/{id}/replay"))["pins"]
    assert (pin["at_ms"], pin["post_id"], pin["author"]["id"], pin["text"]) == (320, kept, rooms.HOST, "The agenda")
    assert (await house.guest.get(f"spaces/{id}/replay"))["pins"] == []


async def test_posts_that_were_taken_out_of_the_room_do_not_come_back_with_the_replay(studio: Studio) -> None:
    id = await studio.live(stage=rooms.with_speaker(rooms.opened(), rooms.SPEAKER).stage)
    house = studio.house
    for author, text in ((house.host, "The darn agenda"), (house.speaker, "My rival's address"), (house.host, "Oops")):
        post = (await author.post(f"spaces/{id}/posts", {"text": text}))["id"]
        studio.clock.advance(timedelta(milliseconds=200))
        await house.host.put(f"spaces/{id}/posts/{post}/pin")
        if text != "The darn agenda":
            await house.host.delete(f"spaces/{id}/posts/{post}")
    logged = [line["what"] for line in (await house.host.get(f"spaces/{id}/log"))["items"]]
    assert logged.count("post_taken_out") == 1, "one's own is nobody else's business"
    await studio.end(id)
    pins = (await house.stranger.get(f"spaces/{id}/replay"))["pins"]
    assert [pin["text"] for pin in pins] == ["The ••• agenda"]


async def test_a_replay_without_words_says_so(studio: Studio) -> None:
    id = await studio.ended()
    assert (await studio.house.guest.get(f"spaces/{id}/replay"))["captions_url"] is None
    assert (await studio.house.guest.send("GET", f"spaces/{id}/replay/captions")).text == "WEBVTT\n"


async def test_words_of_a_recording_of_which_nothing_is_kept_are_not_kept_either(studio: Studio) -> None:
    house, db = studio.house, studio.house.tools.db
    id = await house.place(rooms.opened())
    await house.host.put("me/captions", {"agreed": True})
    await house.host.put(f"spaces/{id}/recording", {"on": True})
    now = studio.clock.now()
    assert await db.write(lambda tx: captions.write_down(tx, house.live.house, id, rooms.HOST, "too short", now))
    await studio.end(id)
    assert await db.read(lambda tx: tx.execute(select(caption_lines.c.text)).all()) == []


async def test_a_ticketed_replay_is_heard_by_those_who_bought_and_by_nobody_else(studio: Studio) -> None:
    id = await studio.ended()
    house, now = studio.house, studio.clock.now()
    clip = (await house.host.post(f"spaces/{id}/clips", {"start_ms": 0, "length_ms": 1_000}))["id"]

    def sell(tx: Connection) -> None:
        tickets.make_offer(tx, Offer(id, rooms.HOST, "usd", 1_000, 10, "over"), now)
        bought = (rooms.LISTENER, rooms.LISTENER, "usd", 1_000, 30, 1, now)
        tickets.insert_sale(tx, Sale(SaleId("s1"), "ticket", id, rooms.HOST, *bought, state="paid", paid_at=now))

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


async def test_a_copy_of_ones_data_holds_ones_own_sound_and_nobody_elses(studio: Studio) -> None:
    id = await studio.ended()
    house = studio.house
    clip = (await house.stranger.post(f"spaces/{id}/clips", {"start_ms": 0, "length_ms": 1_000}))["id"]

    async def sound(person: PersonId) -> dict[str, int]:
        now, key = studio.clock.now(), f"exports/{person}.zip"
        await house.tools.db.write(lambda tx: export.ask(tx, person, now))
        told = await house.tools.db.read(lambda tx: export._told(tx, person, [belongings.BELONGINGS]))
        assert told is not None
        await asyncio.to_thread(export._put_zipped, house.tools, told, key)
        data = house.tools.blobs.read(key)
        assert data is not None
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.testzip() is None
            return {each.filename: each.file_size for each in archive.infolist() if each.filename.endswith(".ogg")}

    hosted = await sound(rooms.HOST)
    assert set(hosted) == {f"recordings/{id}.ogg", f"recordings/{id}.my-voice.ogg"}
    assert hosted[f"recordings/{id}.ogg"] == (await house.guest.get(f"spaces/{id}/replay"))["size"]
    assert set(await sound(rooms.STRANGER)) == {f"clips/{clip}.ogg"}
    assert await sound(rooms.LISTENER) == {}


async def test_what_moderators_take_down_is_gone_with_its_files(studio: Studio) -> None:
    house = studio.house
    ready, live = await studio.ended(), await studio.live()
    for id in (ready, live):
        gone = Removal("space", id)
        bench = (house.live.house, gone, studio.clock.now(), house.live._committed, lambda *_: None)
        await house.tools.db.write(lambda tx, bench=bench: subjects.remove(tx, *bench))  # type: ignore[misc]
        await studio.settle(id)
        assert await house.host.refused("GET", f"spaces/{id}/replay") == (404, "replay_not_found")
    await studio.files_are_gone()


async def test_a_replay_that_is_removed_before_it_is_made_is_never_made(studio: Studio) -> None:
    id = await studio.live()
    house, db = studio.house, studio.house.tools.db
    now = studio.clock.now()

    def ended_and_removed(tx: Connection, committed: Callable[[Change], None]) -> bool:
        spaces.act(tx, house.live.house, rooms.actor(rooms.HOST), id, End(), now, committed)
        return recordings.delete(tx, id, now)

    assert await db.write(lambda tx: ended_and_removed(tx, house.live._committed))
    await studio.settle(id)
    assert await house.host.refused("GET", f"spaces/{id}/replay") == (404, "replay_not_found")
    assert studio.files() == []


async def test_nothing_is_left_of_a_replay_that_is_deleted_while_it_is_made(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await studio.live()
    house, tools, later = studio.house, studio.house.tools, studio.clock.now() + timedelta(hours=1)
    key, made = f"{facts.RECORDED}:{id}", jobs.handlers(studio.wiring, tools)[facts.RECORDED]
    put_file, under_way, release = tools.blobs.put_file, asyncio.Event(), threading.Event()
    loop, stored = asyncio.get_running_loop(), list[str]()

    def slow(key: str, path: Path) -> None:
        loop.call_soon_threadsafe(under_way.set)
        release.wait(20)
        put_file(key, path)
        stored.append(key)

    monkeypatch.setattr(tools.blobs, "put_file", slow)
    # The worker of the node has it later.
    await tools.db.write(lambda tx: outbox.put(tx, key, "nobody's", {}, later))
    await house.host.post(f"spaces/{id}/end")
    async with asyncio.timeout(20):
        while studio.wiring.tapes.is_writing(id):
            await asyncio.sleep(0.02)
        await tools.db.write(lambda tx: outbox.schedule(tx, key, facts.RECORDED, {"space": id}, later))
        worker = Worker(tools.db, SettableClock(later), {facts.RECORDED: made}, renew_s=0.02)
        at_work = asyncio.create_task(worker.run_due())
        await under_way.wait()
        await house.host.delete(f"spaces/{id}/replay")
        await asyncio.wait({at_work}, timeout=0.3)
        release.set()
        assert await at_work == 1
        while len(stored) < 2:
            await asyncio.sleep(0.02)
    await studio.files_are_gone()
    assert not any(studio.wiring.workshop.iterdir())
    assert await house.host.refused("GET", f"spaces/{id}/replay") == (404, "replay_not_found")


async def test_what_is_recorded_in_parts_is_one_replay(studio: Studio) -> None:
    id = await studio.live()
    host = studio.house.host
    await host.put(f"spaces/{id}/recording", {"on": False})
    # The node came back, or the mix failed: the stage is taken again while it is recorded.
    await host.put(f"spaces/{id}/recording", {"on": True})
    await studio.written(id, 120)
    await studio.house.live._take_stage(id)
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


async def test_the_host_deletes_it_at_once_with_all_its_files(studio: Studio) -> None:
    id = await studio.ended()
    house = studio.house
    await house.stranger.post(f"spaces/{id}/clips", {"start_ms": 0, "length_ms": 1_000})
    assert len(studio.files()) == 3
    assert await house.stranger.refused("DELETE", f"spaces/{id}/replay") == (403, "host_only")
    await house.host.delete(f"spaces/{id}/replay")
    assert await house.guest.refused("GET", f"spaces/{id}/replay") == (404, "replay_not_found")
    await studio.files_are_gone()
    assert await house.host.refused("DELETE", f"spaces/{id}/replay") == (404, "replay_not_found")


async def test_after_thirty_days_nothing_is_left(studio: Studio) -> None:
    id = await studio.ended()
    studio.clock.advance(timedelta(days=29, hours=23))
    await studio.work()
    assert await studio.house.guest.get(f"spaces/{id}/replay")
    studio.clock.advance(timedelta(hours=2))
    await studio.files_are_gone()
    assert await studio.house.guest.refused("GET", f"spaces/{id}/replay") == (404, "replay_not_found")


async def test_a_clip_is_cut_out_of_it_and_heard_by_whoever_hears_the_replay(studio: Studio) -> None:
    id = await studio.ended()
    house = studio.house
    clip = await house.stranger.post(f"spaces/{id}/clips", {"start_ms": 200, "length_ms": 1_000, "title": "Ha"})
    assert (clip["title"], clip["duration_ms"], clip["by"]["id"], clip["mine"]) == ("Ha", 1_000, rooms.STRANGER, True)
    assert (await house.guest.get(f"clips/{clip['id']}"))["mine"] is False
    audio = await house.guest.send("GET", clip["audio_url"], headers={"Range": "bytes=0-3"})
    assert (audio.status_code, audio.content) == (206, b"OggS")
    assert [each["id"] for each in (await house.guest.get(f"spaces/{id}/replay"))["clips"]] == [clip["id"]]
    assert await house.listener.refused("DELETE", f"clips/{clip['id']}") == (403, "host_only")
    await house.host.delete(f"clips/{clip['id']}")
    assert await house.guest.refused("GET", f"clips/{clip['id']}") == (404, "clip_not_found")
    await studio.files_are_gone("clips/")


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"start_ms": 0, "length_ms": 60_001}, (422, "invalid_request")),
        ({"start_ms": 0, "length_ms": 999}, (422, "invalid_request")),
        ({"start_ms": -1, "length_ms": 5_000}, (422, "invalid_request")),
        ({"start_ms": 3_600_000, "length_ms": 5_000}, (422, "clip_outside")),
    ],
)
async def test_a_clip_is_a_minute_at_most_and_lies_within(
    studio: Studio, body: dict[str, Any], refused: tuple[int, str]
) -> None:
    id = await studio.ended()
    assert await studio.house.host.refused("POST", f"spaces/{id}/clips", json=body) == refused
    assert await studio.house.guest.refused("POST", f"spaces/{id}/clips", json=body) == (401, "unauthenticated")
    assert not any(key.startswith("clips/") for key in studio.files())


async def test_a_clips_link_says_what_it_is(studio: Studio) -> None:
    id = await studio.ended()
    clip = await studio.house.host.post(f"spaces/{id}/clips", {"start_ms": 0, "length_ms": 1_000})
    page = (await studio.house.guest.send("GET", f"/clips/{clip['id']}")).text
    assert '<meta property="og:title" content="Morning" />' in page
    assert f'content="http://localhost:8000/api/v1/clips/{clip["id"]}/audio"' in page


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


class TestInABucket:
    @pytest.fixture
    def store(self) -> Iterator[Store]:
        with serving() as store:
            yield store

    @pytest.fixture
    def place(self, store: Store) -> Place:
        return store.bucket()

    @pytest.fixture
    def changed_settings(self, changed_settings: dict[str, Any], place: Place) -> dict[str, Any]:
        return changed_settings | s3_settings(place)

    async def test_a_replay_is_made_heard_in_parts_cut_and_deleted(
        self, studio: Studio, store: Store, place: Place
    ) -> None:
        id = await studio.ended()
        house = studio.house
        replay = await house.guest.get(f"spaces/{id}/replay")
        whole = (await house.guest.send("GET", replay["audio_url"])).content
        assert whole.startswith(b"OggS")
        assert len(whole) == replay["size"]
        part = await house.guest.send("GET", replay["audio_url"], headers={"Range": "bytes=100-299"})
        assert (part.status_code, part.content) == (206, whole[100:300])
        clip = await house.host.post(f"spaces/{id}/clips", {"start_ms": 0, "length_ms": 1_000})
        assert (await house.guest.send("GET", clip["audio_url"])).content.startswith(b"OggS")
        assert len(store.keys(place.bucket)) == 3
        assert studio.files() == []
        await house.host.delete(f"spaces/{id}/replay")
        async with asyncio.timeout(20):
            while store.keys(place.bucket):
                await studio.worker.run_due()
                await asyncio.sleep(0.02)


def _token(studio: Studio) -> str:
    return studio.files()[0].split(".")[1]

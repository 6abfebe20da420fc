"""What was said and shown in a Space, beside its replay: captions and posts."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import Connection, select

from cooee.captions import service as captions
from cooee.captions import store as captions_store
from cooee.captions.tables import caption_lines
from cooee.kit import outbox
from cooee.kit.worker import Later
from cooee.recordings import belongings, jobs
from cooee.recordings import service as recordings
from cooee.recordings.tables import recording_captions
from cooee.spaces import facts
from cooee.spaces.state import SpaceId
from tests.recordings.conftest import Studio
from tests.spaces import rooms

pytestmark = pytest.mark.anyio


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


async def test_a_replay_waits_for_the_last_words(studio: Studio) -> None:
    house, db = studio.house, studio.house.tools.db
    await house.host.put("me/captions", {"agreed": True})
    id = await studio.live(language="en")
    begun = studio.clock.now()
    # The worker of the node has it later, when time goes on.
    await db.write(lambda tx: outbox.put(tx, f"{facts.RECORDED}:{id}", "nobody's", {}, studio.clock.now()))
    await house.host.post(f"spaces/{id}/end")
    async with asyncio.timeout(20):
        while studio.wiring.tapes.is_writing(id):
            await asyncio.sleep(0.02)
    waiting = replace(studio.wiring, is_still_said=lambda space: space == id)
    with pytest.raises(Later, match="last words"):
        await jobs._make(waiting, house.tools, id)

    def say(text: str, at: Any, *, recorded: bool) -> Callable[[Connection], Any]:
        said = (house.live.house, id, rooms.HOST, text, at, timedelta(milliseconds=400))
        return lambda tx: captions.write_down(tx, *said, recorded=recorded, is_awaited=recordings.is_being_made)

    after = studio.clock.now() + timedelta(seconds=1)
    words = (("and good night", begun, True), ("off the record", begun, False), ("when it was over", after, True))
    for text, at, recorded in words:
        assert await db.write(say(text, at, recorded=recorded)) is None
    assert await house.host.refused("GET", f"spaces/{id}/captions") == (410, "space_ended")
    await db.write(
        lambda tx: outbox.schedule(tx, f"{facts.RECORDED}:{id}", facts.RECORDED, {"space": id}, studio.clock.now())
    )
    await studio.settle(id)
    text = (await house.guest.send("GET", f"spaces/{id}/replay/captions")).text
    assert text.splitlines()[-1] == "<v Host>And good night"
    assert text.count("<v ") == 1
    # Whoever comes too late is not kept at all.
    await db.write(say("too late", begun, recorded=True))
    assert await db.read(lambda tx: tx.execute(select(caption_lines.c.text)).all()) == []


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

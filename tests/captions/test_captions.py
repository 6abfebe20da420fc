"""Captions from voice to reader, on a real node with a recogniser that says what it is told to."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from cooee.captions import live, service, store
from cooee.captions.live import Captioner
from cooee.captions.recognise import words
from cooee.captions.tables import caption_lines
from cooee.kit import outbox
from cooee.kit.clock import SystemClock
from cooee.spaces import facts
from cooee.spaces.state import SpaceId
from tests.raw_files import held
from tests.spaces import rooms
from tests.spaces.conftest import House
from tests.spaces.feeds import Reader, reading
from tests.spaces.test_wiping import done
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio

READS = "&channels=captions"


@pytest.fixture
def clock() -> SystemClock:
    """The engine judges grants by the machine's clock."""
    return SystemClock()


@dataclass
class Voice:
    """A piece of a voice, as the engine hands it over."""

    space: str
    participant: str
    index: int
    levels: bytes
    ends: bool
    age_ms: int = 0

    @property
    def pcm(self) -> bytes:
        return bytes(640 * len(self.levels))


@dataclass
class Puppet:
    """Stands in for the recognisers' processes."""

    begun: list[int] = field(default_factory=list)
    heard: dict[int, int] = field(default_factory=dict)
    ended: list[int] = field(default_factory=list)
    restarts: int = 0

    def start(self) -> None:
        """Nothing has to run."""

    async def stop(self) -> None:
        """Nothing runs."""

    def begin(self) -> int | None:
        self.begun.append(len(self.begun) + 1)
        return self.begun[-1]

    def hear(self, phrase: int, pcm: bytes) -> None:
        self.heard[phrase] = self.heard.get(phrase, 0) + len(pcm)

    def end(self, phrase: int) -> None:
        self.ended.append(phrase)


@dataclass
class Studio:
    """A node whose voices and recognisers the test plays."""

    house: House
    captioner: Captioner
    puppet: Puppet
    voices: list[Voice]
    taps: dict[str, list[str]]

    async def room(self, **changes: Any) -> SpaceId:
        return await self.house.place(rooms.everybody_here(rooms.opened(**changes)))

    async def feed(self, visitor: Visitor, id: SpaceId) -> str:
        await self.house.told(id)
        return str((await visitor.post(f"spaces/{id}/join"))["feed_url"])

    def say(self, id: SpaceId, visitor: Visitor) -> int:
        """Somebody says a phrase of a second; its number."""
        self.voices.append(Voice(id, visitor.id, 0, bytes([25] * 50), ends=True))
        self.captioner.listen()
        return self.puppet.begun[-1]

    def understand(self, told: words.SoFar | words.Final) -> None:
        self.captioner._told(told)


@pytest.fixture
def studio(node: FastAPI, house: House, monkeypatch: pytest.MonkeyPatch) -> Studio:
    captioner: Captioner = node.state.captions.captioner
    puppet, voices, taps = Puppet(), list[Voice](), dict[str, list[str]]()
    monkeypatch.setattr(captioner, "_pool", puppet)

    def take() -> list[Voice]:
        taken = voices.copy()
        voices.clear()
        return taken

    def tap(space: str, participants: list[str]) -> None:
        taps[space] = participants

    monkeypatch.setattr(house.live.media, "take_voices", take)
    monkeypatch.setattr(house.live.media, "set_taps", tap)
    return Studio(house, captioner, puppet, voices, taps)


def final(phrase: int, text: str) -> words.Final:
    return words.Final(phrase, text, 1.0, 0.25)


def texts(reader: Reader) -> list[str]:
    return [line["text"] for line in reader.live.get("captions", {}).get("lines", [])]


async def test_what_is_said_is_read_first_as_it_seems_then_as_it_was_by_those_who_asked(studio: Studio) -> None:
    house, id = studio.house, await studio.room()
    await house.host.put("me/captions", {"agreed": True})
    async with (
        reading(await studio.feed(house.listener, id), READS) as reader,
        reading(await studio.feed(house.stranger, id)) as other,
    ):
        await reader.until(lambda it: "everyone" in it.state)
        await studio.captioner.follow()
        phrase = studio.say(id, house.host)
        assert studio.puppet.heard == {phrase: 50 * 640}
        assert studio.puppet.ended == [phrase]
        studio.understand(words.SoFar(phrase, "good even"))
        await reader.until(lambda it: "captions" in it.live)
        assert reader.live["captions"] == {"lines": [], "interim": [{"person": rooms.HOST, "text": "Good even"}]}
        studio.understand(final(phrase, "good evening i think"))
        await reader.until(lambda it: texts(it) == ["Good evening I think"])
        (line,) = reader.live["captions"]["lines"]
        assert (line["number"], line["person"]["display_name"]) == (1, "Host")
        assert reader.live["captions"]["interim"] == []
        # Whatever the other reader was sent before this change, captions were not among it.
        await house.host.patch(f"spaces/{id}", {"title": "Evening"})
        await other.until(lambda it: it.state.get("everyone", {}).get("title") == "Evening")
        assert "captions" not in other.live
    items = (await house.listener.get(f"spaces/{id}/captions"))["items"]
    assert [(item["number"], item["text"]) for item in items] == [(1, "Good evening I think")]


async def test_nobody_is_heard_before_they_agreed_nor_after_they_took_it_back(studio: Studio) -> None:
    house, id = studio.house, await studio.room()
    assert await house.host.get("me/captions") == {"agreed": None}
    async with reading(await studio.feed(house.listener, id), READS) as reader:
        await reader.until(lambda it: "everyone" in it.state)
        await studio.captioner.follow()
        assert studio.taps[id] == []
        assert await house.host.put("me/captions", {"agreed": True}) == {"agreed": True}
        assert studio.taps[id] == [rooms.HOST]
        phrase = studio.say(id, house.host)
        assert await house.host.put("me/captions", {"agreed": False}) == {"agreed": False}
        assert studio.taps[id] == []
        studio.understand(final(phrase, "not for your ears"))
    assert (await house.listener.get(f"spaces/{id}/captions"))["items"] == []
    assert await house.host.get("me/captions") == {"agreed": False}


async def test_a_phrase_on_its_way_is_not_kept_when_consent_goes_meanwhile(studio: Studio) -> None:
    house, id = studio.house, await studio.room()
    now = house.tools.clock.now()
    line = await house.tools.db.write(
        lambda tx: service.write_down(tx, house.live.house, id, rooms.HOST, "not agreed", now)
    )
    assert line is None


async def test_nobody_is_heard_while_nobody_reads(studio: Studio) -> None:
    house, id = studio.house, await studio.room()
    await house.host.put("me/captions", {"agreed": True})
    async with reading(await studio.feed(house.listener, id)) as reader:
        await reader.until(lambda it: "everyone" in it.state)
        await studio.captioner.follow()
        assert id not in studio.taps
    async with reading(await studio.feed(house.listener, id), READS) as reader:
        await reader.until(lambda it: "everyone" in it.state)
        await studio.captioner.follow()
        assert studio.taps[id] == [rooms.HOST]


async def test_what_is_recorded_is_written_down_though_nobody_reads(studio: Studio) -> None:
    house, id = studio.house, await studio.room()
    await house.host.put("me/captions", {"agreed": True})
    async with reading(await studio.feed(house.listener, id)) as reader:
        await house.host.put(f"spaces/{id}/recording", {"on": True})
        await reader.until(lambda it: bool(it.state.get("everyone", {}).get("recording_since")))
        await studio.captioner.follow()
        assert studio.taps[id] == [rooms.HOST]
        await house.host.put(f"spaces/{id}/recording", {"on": False})
        await reader.until(lambda it: not it.state["everyone"]["recording_since"])
    db, now = house.tools.db, house.tools.clock.now()
    since = now - timedelta(seconds=1)

    async def write_down(text: str, at: datetime) -> None:
        assert await db.write(lambda tx: service.write_down(tx, house.live.house, id, rooms.HOST, text, at))

    await write_down("between two recordings", now)
    await house.host.put(f"spaces/{id}/recording", {"on": True})
    await write_down("before it was recorded", since)
    await write_down("for keeps", house.tools.clock.now())
    assert [line.text for line in await db.write(lambda tx: store.take_recorded(tx, id))] == ["For keeps"]


async def test_what_is_still_being_said_when_rec_goes_off_is_in_no_replay(studio: Studio) -> None:
    house, id = studio.house, await studio.room()
    await house.host.put("me/captions", {"agreed": True})

    def said(index: int, *, ends: bool) -> int:
        studio.voices.append(Voice(id, house.host.id, index, bytes([25]), ends=ends))
        studio.captioner.listen()
        return studio.puppet.begun[-1]

    async with reading(await studio.feed(house.listener, id), READS) as reader:
        await house.host.put(f"spaces/{id}/recording", {"on": True})
        await reader.until(lambda it: bool(it.state.get("everyone", {}).get("recording_since")))
        await studio.captioner.follow()
        before = said(0, ends=True)
        across = said(1, ends=False)
        await house.host.put(f"spaces/{id}/recording", {"on": False})
        await reader.until(lambda it: not it.state["everyone"]["recording_since"])
        said(2, ends=True)
        assert (before != across, studio.puppet.ended) == (True, [before, across])
        studio.understand(final(before, "for keeps"))
        studio.understand(final(across, "off the record"))
        await reader.until(lambda it: "Off the record" in texts(it))
    db = house.tools.db
    assert [line.text for line in await db.write(lambda tx: store.take_recorded(tx, id))] == ["For keeps"]


@pytest.fixture
def told(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """All that is told of captions from when the test clears it."""
    messages: list[bytes] = []
    tell = studio.house.live.media.publish_live

    def spy(topic: str, audience: str, channel: str, message: bytes) -> None:
        if channel == "captions":
            messages.append(message)
        tell(topic, audience, channel, message)

    monkeypatch.setattr(studio.house.live.media, "publish_live", spy)
    # However slow the machine is.
    monkeypatch.setattr(live, "_LAST_WORDS_S", 600.0)
    return messages


async def ended_while_somebody_talks(studio: Studio, told: list[bytes]) -> tuple[SpaceId, int]:
    """A recorded Space that ends in the middle of a phrase, of which a replay is to be made; and the phrase."""
    house, id = studio.house, await studio.room()
    await house.host.put("me/captions", {"agreed": True})
    async with reading(await studio.feed(house.listener, id), READS) as reader:
        await house.host.put(f"spaces/{id}/recording", {"on": True})
        await reader.until(lambda it: bool(it.state.get("everyone", {}).get("recording_since")))
        await studio.captioner.follow()
        studio.voices.append(Voice(id, house.host.id, 0, bytes([25]), ends=False))
        studio.captioner.listen()
        phrase = studio.puppet.begun[-1]
        studio.understand(words.SoFar(phrase, "good"))
        await reader.until(lambda it: bool(it.live.get("captions", {}).get("interim")))
        assert not studio.captioner.is_finishing(id), "it goes on"
        # No replay is made of it here.
        db, now = house.tools.db, house.tools.clock.now()
        await db.write(lambda tx: outbox.put(tx, f"{facts.RECORDED}:{id}", "nobody's", {}, now))
        await house.host.post(f"spaces/{id}/end")
        while studio.house.live.rooms.known(id):
            await asyncio.sleep(0.01)
        told.clear()
        studio.understand(words.SoFar(phrase, "good night to nobody"))
        assert studio.captioner.is_finishing(id)
    return id, phrase


async def test_what_is_said_when_a_recorded_space_ends_is_written_down_for_its_replay(
    studio: Studio, told: list[bytes]
) -> None:
    id, phrase = await ended_while_somebody_talks(studio, told)
    async with asyncio.timeout(20):
        while phrase not in studio.puppet.ended:
            studio.captioner.listen()
            await asyncio.sleep(0.02)
    await studio.captioner.follow()
    assert studio.captioner.is_finishing(id)
    studio.understand(final(phrase, "good night everybody"))
    async with asyncio.timeout(20):
        while studio.captioner.is_finishing(id):
            await asyncio.sleep(0.01)
    db = studio.house.tools.db
    assert [line.text for line in await db.write(lambda tx: store.take_recorded(tx, id))] == ["Good night everybody"]
    await studio.captioner.follow()
    assert id not in studio.captioner._rooms
    assert told == [], "captions are unavailable at once when a Space is over"


async def test_a_recogniser_that_never_answers_is_not_waited_for(
    studio: Studio, told: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    id, phrase = await ended_while_somebody_talks(studio, told)
    monkeypatch.setattr(live, "_LAST_WORDS_S", 0.0)
    assert not studio.captioner.is_finishing(id)
    studio.understand(final(phrase, "good night everybody"))
    await asyncio.gather(*studio.captioner._keeping)
    assert await studio.house.tools.db.read(lambda tx: tx.execute(select(caption_lines.c.text)).all()) == []


@pytest.mark.parametrize("deed", ["mute", "remove"])
async def test_nobody_reads_what_somebody_says_whom_a_host_has_muted_or_removed(studio: Studio, deed: str) -> None:
    house, id = studio.house, await studio.house.place(rooms.everybody_here(rooms.busy()))
    await house.speaker.put("me/captions", {"agreed": True})
    await house.speaker.put(f"spaces/{id}/me/microphone", {"muted": False})
    async with reading(await studio.feed(house.listener, id), READS) as reader:
        await reader.until(lambda it: "everyone" in it.state)
        await studio.captioner.follow()
        assert studio.taps[id] == [rooms.SPEAKER]
        seeming, over = studio.say(id, house.speaker), studio.say(id, house.speaker)
        studio.understand(words.SoFar(seeming, "let me"))
        await reader.until(lambda it: bool(it.live.get("captions", {}).get("interim")))
        await house.host.post(f"spaces/{id}/people/{rooms.SPEAKER}/{deed}")
        await reader.until(lambda it: is_silent(it.state["everyone"]["stage"]))
        # The taps were set before; the rest of the phrase, and one that is over, come now.
        studio.understand(words.SoFar(seeming, "let me finish"))
        studio.understand(final(over, "you cannot silence me"))
        await studio.captioner.follow()
        assert studio.taps[id] == []
        await reader.until(lambda it: it.live["captions"] == {"lines": [], "interim": []})
    now = house.tools.clock.now()
    line = await house.tools.db.write(
        lambda tx: service.write_down(tx, house.live.house, id, rooms.SPEAKER, "you cannot silence me", now)
    )
    assert line is None


async def test_a_guest_reads_captions_too(studio: Studio) -> None:
    house, id = studio.house, await studio.room()
    await house.host.put("me/captions", {"agreed": True})
    async with reading(await studio.feed(house.guest, id), READS) as reader:
        await reader.until(lambda it: "everyone" in it.state)
        await studio.captioner.follow()
        studio.understand(final(studio.say(id, house.host), "come in"))
        await reader.until(lambda it: texts(it) == ["Come in"])


async def test_a_day_after_the_end_no_file_holds_what_was_said(studio: Studio) -> None:
    house, id = studio.house, await studio.room()
    await house.host.put("me/captions", {"agreed": True})
    db, now = house.tools.db, house.tools.clock.now()
    for number in range(50):
        said = f"wombat number {number}"
        await db.write(lambda tx, said=said: service.write_down(tx, house.live.house, id, rooms.HOST, said, now))  # type: ignore[misc]
    assert b"ombat number 49" in held(db), "the test knows where to look"
    await house.host.post(f"spaces/{id}/end")
    await done(house, facts.WIPE)
    # An hour later.
    await db.scrub(caption_lines)
    assert b"ombat" not in held(db)


async def test_a_space_in_a_language_that_is_not_understood_has_no_captions(studio: Studio) -> None:
    house, id = studio.house, await studio.room(language="es")
    assert (await house.guest.get("instance"))["captions"] == ["en"]
    await house.host.put("me/captions", {"agreed": True})
    async with reading(await studio.feed(house.listener, id), READS) as reader:
        await reader.until(lambda it: "everyone" in it.state)
        await studio.captioner.follow()
        assert id not in studio.taps


async def test_a_phrase_that_is_lost_is_shown_no_more(studio: Studio) -> None:
    house, id = studio.house, await studio.room()
    await house.host.put("me/captions", {"agreed": True})
    async with reading(await studio.feed(house.listener, id), READS) as reader:
        await reader.until(lambda it: "everyone" in it.state)
        await studio.captioner.follow()
        phrase = studio.say(id, house.host)
        studio.understand(words.SoFar(phrase, "good"))
        await reader.until(lambda it: bool(it.live.get("captions", {}).get("interim")))
        studio.captioner._lost(phrase)
        await reader.until(lambda it: it.live["captions"]["interim"] == [])


async def test_after_the_end_nobody_reads_what_was_said_and_it_is_wiped(studio: Studio) -> None:
    house, id = studio.house, await studio.room()
    await house.host.put("me/captions", {"agreed": True})
    db, now = house.tools.db, house.tools.clock.now()

    async def write_down(text: str) -> Any:
        return await db.write(lambda tx: service.write_down(tx, house.live.house, id, rooms.HOST, text, now))

    assert (await write_down("while it is open")).number == 1
    assert (await write_down("while it is open")).number == 2
    await house.listener.post(f"spaces/{id}/join")
    assert len((await house.listener.get(f"spaces/{id}/captions"))["items"]) == 2
    await house.host.post(f"spaces/{id}/end")
    assert await house.listener.refused("GET", f"spaces/{id}/captions") == (410, "space_ended")
    assert await write_down("too late") is None
    await done(house, facts.WIPE)
    assert await db.read(lambda tx: tx.execute(select(caption_lines.c.text)).all()) == []


async def test_who_is_not_inside_reads_no_captions(studio: Studio) -> None:
    id = await studio.room()
    assert await studio.house.stranger.refused("GET", f"spaces/{id}/captions") == (403, "not_in_the_room")
    assert await studio.house.guest.refused("GET", f"spaces/{id}/captions") == (401, "unauthenticated")


async def test_delay_and_cost_are_measured(studio: Studio, node: FastAPI) -> None:
    house, id = studio.house, await studio.room()
    await house.host.put("me/captions", {"agreed": True})
    async with reading(await studio.feed(house.listener, id), READS) as reader:
        await reader.until(lambda it: "everyone" in it.state)
        await studio.captioner.follow()
        studio.understand(final(studio.say(id, house.host), "good evening"))
        await reader.until(lambda it: texts(it) == ["Good evening"])
    figures = (await house.guest.send("GET", "/metrics")).text
    for told in ("delay_seconds_count 1.0", "real_time_factor_sum 0.25", "sound_seconds_total 1.0"):
        assert f"cooee_caption_{told}" in figures


class TestWithoutCaptions:
    @pytest.fixture
    def changed_settings(self, changed_settings: dict[str, Any]) -> dict[str, Any]:
        return changed_settings | {"captions": "off"}

    async def test_nobody_can_agree_to_what_there_is_not_but_anybody_can_take_it_back(self, house: House) -> None:
        assert (await house.guest.get("instance"))["captions"] == []
        body = {"json": {"agreed": True}}
        assert await house.host.refused("PUT", "me/captions", **cast(Any, body)) == (409, "no_captions")
        assert await house.host.put("me/captions", {"agreed": False}) == {"agreed": False}


def is_silent(stage: list[dict[str, Any]]) -> bool:
    """Whether everybody in the room has heard that the speaker is muted, or off the stage."""
    return all(seat["held"] for seat in stage if seat["person"]["id"] == rooms.SPEAKER)

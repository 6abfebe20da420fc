"""Recognisers: the memory they share, what they do with orders, and the real one in its process."""

import array
import asyncio
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from cooee.captions.recognise import engines, words
from cooee.captions.recognise import pool as pool_of
from cooee.captions.recognise.belt import Belt, Taker
from cooee.captions.recognise.engines import Recogniser, languages
from cooee.captions.recognise.pool import Pool
from cooee.captions.recognise.process import MOST_BYTES, VOICES, Work
from cooee.captions.recognise.sherpa import Sherpa, part_of
from cooee.captions.rules import MOST, recognised, understands, written
from cooee.people.ids import PersonId

SECOND = 32_000
"""Bytes of sound."""


TINY = Path(__file__).parent / "tiny_model"
"""For sherpa-onnx: it understands one word. See the README beside it."""
LOUD = array.array("h", [8_000 if at // 40 % 2 else -8_000 for at in range(16_000)]).tobytes()


@dataclass
class Parrot:
    """Takes the bytes of a phrase for its words."""

    heard: list[bytes] = field(default_factory=list)

    def begin(self) -> None:
        self.heard.clear()

    def hear(self, pcm: bytes) -> None:
        self.heard.append(pcm[:1])

    def so_far(self) -> str:
        return b"".join(self.heard).decode()

    def end(self) -> str:
        return self.so_far().upper()


def parrots(sound: bytes) -> Work:
    made: list[Recogniser] = []

    def make() -> Recogniser:
        made.append(Parrot())
        return made[-1]

    return Work(make, lambda place, length: sound[place : place + length], lambda: 0.0)


SPEECH = b"a" * SECOND + b"b" * SECOND + b"c" * SECOND
ORDERS: list[words.Order] = [
    words.Begin(1),
    words.Hear(1, 0, SECOND),
    words.Hear(1, SECOND, SECOND),
    words.Hear(1, 2 * SECOND, SECOND),
    words.End(1),
]


def obeyed(*, behind: bool) -> list[words.Answer]:
    work = parrots(SPEECH)
    return [answer for order in ORDERS for answer in work.obey(order, behind=behind)]


def test_a_phrase_is_told_while_it_goes_on_and_when_it_is_over() -> None:
    assert obeyed(behind=False) == [
        words.SoFar(1, "a"),
        words.Taken(SECOND),
        words.SoFar(1, "ab"),
        words.Taken(2 * SECOND),
        words.SoFar(1, "abc"),
        words.Taken(3 * SECOND),
        words.Final(1, "ABC", 3.0, 0.0),
    ]


def test_who_is_behind_says_only_what_a_phrase_was() -> None:
    told = [answer for answer in obeyed(behind=True) if not isinstance(answer, words.Taken)]
    assert told == [words.Final(1, "ABC", 3.0, 0.0)]


def test_more_voices_than_recognisers_are_refused_until_one_is_free() -> None:
    work = parrots(SPEECH)
    answers = [work.obey(words.Begin(phrase), behind=False) for phrase in range(VOICES + 1)]
    assert answers == [*([] for _ in range(VOICES)), [words.Refused(VOICES)]]
    assert work.obey(words.Hear(VOICES, 0, SECOND), behind=False) == [words.Taken(SECOND)]
    assert work.obey(words.End(VOICES), behind=False) == []
    work.obey(words.End(0), behind=False)
    assert work.obey(words.Begin(9), behind=False) == []


@given(st.lists(st.integers(1, 90), max_size=40))
def test_what_is_put_on_a_belt_is_taken_from_it_whole(lengths: list[int]) -> None:
    belt = Belt(100)
    taker = Taker(os.dup(belt.fd), 100)
    try:
        for number, length in enumerate(lengths):
            sound = bytes([number]) * length
            place = belt.put(sound)
            assert place is not None
            assert taker.take(place, length) == sound
            assert belt.put(b"x" * (101 - length)) is None, "there is room for no more than there is"
            belt.taken(place + length)
            assert belt.waiting == 0
    finally:
        belt.close()


def test_words_come_out_of_a_pipe_as_they_went_in() -> None:
    said: list[words.Order | words.Answer] = [
        words.Begin(1),
        words.Hear(1, 2, 3),
        words.Final(1, "çok güzel\n", 1.5, 0.25),
        words.Ready(),
    ]
    assert [words.read(words.line(one)) for one in said] == said
    assert all(words.line(one).count(b"\n") == 1 for one in said)


def test_only_who_said_yes_is_recognised() -> None:
    ada, bob, eve = PersonId("1"), PersonId("2"), PersonId("3")
    assert recognised([ada, bob, eve], {ada: True, bob: False}) == [ada]


@pytest.mark.parametrize(
    ("language", "understood"),
    [("en", True), ("en-GB", True), ("EN_us", True), ("es", False), ("enm", False), ("", True)],
)
def test_a_region_does_not_matter(language: str, understood: bool) -> None:
    assert understands({"en"}, language) is understood


@pytest.mark.parametrize(
    ("words", "language", "text"),
    [
        ("  i think  i'm in ", "en", "I think I'm in"),
        ("i shops", "it", "I shops"),
        ("bir i", "tr", "Bir i"),
        ("", "en", ""),
    ],
)
def test_words_are_written_as_people_read_them(words: str, language: str, text: str) -> None:
    assert written(words, language) == text


def test_a_model_whose_package_or_folder_is_missing_understands_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert languages(tmp_path / "nowhere", ["es"]) == frozenset()
    assert languages(None, ["es"]) == {"en"}
    assert languages(TINY, ["es"]) == {"es"}
    monkeypatch.setattr(engines, "has_sherpa", lambda: False)
    assert languages(TINY, ["es"]) == frozenset()


def test_the_quicker_of_two_parts_of_a_model_is_taken(tmp_path: Path) -> None:
    for name in ("encoder-99.onnx", "encoder-99.int8.onnx", "tokens.txt"):
        (tmp_path / name).touch()
    assert part_of(tmp_path, "encoder").name == "encoder-99.int8.onnx"
    with pytest.raises(FileNotFoundError):
        part_of(tmp_path, "joiner")


def test_a_model_is_in_memory_once_and_whoever_talks_has_a_stream_of_their_own() -> None:
    one, other = Sherpa(TINY), Sherpa(TINY)
    assert one._recogniser is other._recogniser
    one.begin()
    other.begin()
    one.hear(LOUD)
    other.hear(bytes(SECOND))
    assert (one.so_far(), other.so_far()) == ("HELLO", "")
    assert (one.end(), other.end()) == ("HELLO", "")
    one.begin()
    assert (one.so_far(), one.end()) == ("", ""), "what was heard before is forgotten"


@pytest.mark.parametrize("broken", ["encoder", "decoder", "joiner", "tokens"])
def test_a_model_that_is_broken_or_not_whole_is_said_to_be(tmp_path: Path, broken: str) -> None:
    for path in TINY.iterdir():
        if not path.name.startswith(broken):
            shutil.copy(path, tmp_path)
    with pytest.raises((AssertionError, FileNotFoundError), match=broken):
        Sherpa(tmp_path)
    if broken != "tokens":
        (tmp_path / f"{broken}.onnx").write_bytes(b"this is no model")
        with pytest.raises(RuntimeError, match=broken):
            Sherpa(tmp_path)


@pytest.mark.anyio
@pytest.mark.timeout(300)
async def test_a_model_of_ones_own_is_run_by_sherpa_onnx_in_a_process() -> None:
    told: asyncio.Queue[words.SoFar | words.Final] = asyncio.Queue()
    pool = Pool(1, TINY, told.put_nowait, lambda _phrase: None)
    pool.start()
    try:
        loud, quiet = await begun(pool), await begun(pool)
        for phrase, sound in ((loud, LOUD), (quiet, bytes(SECOND))):
            pool.hear(phrase, sound)
            pool.end(phrase)
        finals: dict[int, str] = {}
        while len(finals) < 2:
            if isinstance(answer := await told.get(), words.Final):
                finals[answer.phrase] = answer.text
    finally:
        await pool.stop()
    assert finals == {loud: "HELLO", quiet: ""}


@pytest.mark.anyio
@pytest.mark.timeout(300)
async def test_the_built_in_recogniser_understands_english_in_a_process_that_may_die() -> None:
    pcm, rate = soundfile.read(Path(__file__).parents[1] / "live/speech/meeting.flac", dtype="int16")
    assert rate == 16_000
    told: asyncio.Queue[words.SoFar | words.Final] = asyncio.Queue()
    lost: asyncio.Queue[int] = asyncio.Queue()
    pool = Pool(1, None, told.put_nowait, lost.put_nowait)
    pool.start()
    try:
        doomed = await begun(pool)
        (worker,) = pool._workers
        worker._kill()
        assert await lost.get() == doomed
        phrase = await begun(pool)
        assert pool.restarts == 1
        sound = pcm.tobytes()
        for at in range(0, len(sound), 3_200):
            pool.hear(phrase, sound[at : at + 3_200])
        pool.end(phrase)
        while not isinstance(final := await told.get(), words.Final):
            assert final.phrase == phrase
    finally:
        await pool.stop()
    assert "good evening everybody" in final.text
    assert final.sound_s == pytest.approx(len(pcm) / 16_000, abs=0.01)


@pytest.mark.anyio
@pytest.mark.parametrize("program", ["", "#!/bin/sh\nexit 1\n", "#!/bin/sh\necho 'I am no recogniser'\n"])
async def test_a_recogniser_that_cannot_start_is_tried_again_later_and_later(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "program"
    if program:
        path.write_text(program)
        path.chmod(0o755)
    waits: list[float] = []
    slept = asyncio.Event()
    sleep = asyncio.sleep

    async def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 4:
            slept.set()
        await sleep(0)

    monkeypatch.setattr("sys.executable", str(path))
    monkeypatch.setattr("asyncio.sleep", wait)
    pool = Pool(1, None, lambda _told: None, lambda _phrase: None)
    pool.start()
    try:
        async with asyncio.timeout(30):
            await slept.wait()
        assert pool.begin() is None
    finally:
        await pool.stop()
    assert waits[:4] == [2.0, 5.0, 15.0, 60.0]


@pytest.mark.anyio
@pytest.mark.parametrize(
    "says", [words.line(words.Ready()).decode().strip(), ""], ids=["while it works", "while it loads"]
)
async def test_a_recogniser_that_hangs_is_ended_and_started_again(
    says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "program"
    path.write_text(f"#!/bin/sh\necho '{says}'\nexec sleep 600\n" if says else "#!/bin/sh\nexec sleep 600\n")
    path.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(path))
    for name in ("_SILENT_S", "_LOADS_S", "_FAREWELL_S"):
        monkeypatch.setattr(pool_of, name, 0.1)
    monkeypatch.setattr(pool_of, "_BACKOFF_S", (0.0,))
    lost: asyncio.Queue[int] = asyncio.Queue()
    pool = Pool(1, None, lambda _told: None, lost.put_nowait)
    pool.start()
    try:
        async with asyncio.timeout(30):
            if says:
                phrase = await begun(pool)
                assert await lost.get() == phrase
            while not pool.restarts:
                await asyncio.sleep(0.01)
    finally:
        await pool.stop()


@pytest.mark.anyio
async def test_a_recogniser_is_the_first_to_go_where_memory_is_short() -> None:
    pool = Pool(1, None, lambda _told: None, lambda _phrase: None)
    pool.start()
    try:
        await begun(pool)
        process = pool._workers[0]._process
        assert process is not None
        of_it = Path(f"/proc/{process.pid}")
        assert (of_it / "oom_score_adj").read_text() == "1000\n"
        limits = (of_it / "limits").read_text().splitlines()
        assert next(line.split()[3] for line in limits if line.startswith("Max data size")) == str(MOST_BYTES)
    finally:
        await pool.stop()


def test_a_recogniser_that_eats_memory_ends_by_itself() -> None:
    eats = "from cooee.captions.recognise.process import be_modest\nbe_modest(200_000_000)\nbytearray(400_000_000)"
    died = subprocess.run([sys.executable, "-c", eats], capture_output=True, text=True, check=False)
    assert died.returncode == 1
    assert died.stderr.endswith("MemoryError\n")


def test_an_answer_without_end_is_cut() -> None:
    assert len(written("oh " * 100_000, "en")) <= MOST


async def begun(pool: Pool) -> int:
    while (phrase := pool.begin()) is None:
        await asyncio.sleep(0.05)
    return phrase

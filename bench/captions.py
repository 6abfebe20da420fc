"""Captions of recorded speech, from packets to words: the real engine, its taps, and a recogniser in its process.

The speaker is a machine (flite's voice `rms`), which is clearer than people are: the figures compare versions and
recognisers, and promise nothing of a noisy room.
"""

import asyncio
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.figures import Figure
from cooee.captions.phrases import Begin, End, Feed, Heard, Phrase, Step, hear
from cooee.captions.recognise import words
from cooee.captions.recognise.pool import Pool
from cooee.media.engine import Engine, Media

COMMAND = "python -m bench captions"
_TEXT = Path(__file__).parent / "captions.txt"
_PAUSE_S = 1.2
_TAKE_S = 0.1
_PATIENCE_S = 30
_MOST_S = 300


def measure() -> list[Figure]:
    if not shutil.which("flite") or not shutil.which("ffmpeg"):
        raise RuntimeError("flite and ffmpeg are needed: scripts/setup.sh speech")
    sentences = _TEXT.read_text("utf-8").splitlines()
    with tempfile.TemporaryDirectory(prefix="cooee-bench-") as folder:
        voice, length_s = spoken(sentences, Path(folder))
        heard = asyncio.run(Listening().to(voice, length_s))
    said, understood = _words(" ".join(sentences)), _words(" ".join(heard.texts))
    delays = sorted(heard.delays)
    return [
        Figure("caption_word_errors", round(100 * edits(said, understood) / len(said), 1), "%", COMMAND),
        Figure("caption_delay_p50", round(delays[len(delays) // 2], 2), "s", COMMAND),
        Figure("caption_delay_p90", round(delays[len(delays) * 9 // 10], 2), "s", COMMAND),
        Figure("caption_cpu_per_minute", round(60 * heard.work_s / heard.sound_s, 1), "s", COMMAND),
    ]


def spoken(sentences: Sequence[str], folder: Path) -> tuple[Path, float]:
    """The sentences with pauses between, as the engine's file speakers want them, and how long that is."""
    parts, length_s = [], 0.0
    for number, sentence in enumerate(sentences):
        part = folder / f"{number}.wav"
        subprocess.run(["flite", "-voice", "rms", "-t", sentence, "-o", str(part)], check=True)
        parts.append(part)
        length_s += (part.stat().st_size - 44) / 32_000 + _PAUSE_S
    listed = folder / "parts.txt"
    listed.write_text("".join(f"file '{part}'\nfile '{_silence(folder)}'\n" for part in parts), "utf-8")
    voice = folder / "voice.opus"
    command = ["ffmpeg", "-v", "error", "-f", "concat", "-safe", "0", "-i", str(listed), "-ar", "48000", "-ac", "1"]
    command += ["-c:a", "libopus", "-application", "voip", "-frame_duration", "20", "-b:a", "32k", str(voice)]
    subprocess.run(command, check=True)
    return voice, length_s


def _silence(folder: Path) -> Path:
    path = folder / "pause.wav"
    if not path.exists():
        source = ["-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", str(_PAUSE_S)]
        subprocess.run(["ffmpeg", "-v", "error", *source, "-c:a", "pcm_s16le", str(path)], check=True)
    return path


@dataclass
class Listening:
    """Hears a voice once, in real time."""

    texts: list[str] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    sound_s: float = 0.0
    work_s: float = 0.0
    _spoken: dict[int, float] = field(default_factory=dict)
    _phrase: Phrase | None = None
    _carrier: int | None = None

    async def to(self, voice: Path, length_s: float) -> "Listening":
        pool = Pool(1, None, self._told, self._lost)
        pool.start()
        await _ready(pool)
        engine = Engine(node="bench", edge_host="127.0.0.1", edge_port=0, advertise=[], grant_key=bytes(32))
        media = Media(engine, "bench")
        media.start()
        try:
            media.open_space("s", 1)
            media.set_stage("s", 1, [("speaker", 1, True)], 1)
            media.set_taps("s", ["speaker"])
            media.add_voice("s", "speaker", str(voice))
            ends = time.monotonic() + min(length_s, _MOST_S)
            while time.monotonic() < ends:
                self._take(pool, media)
                await asyncio.sleep(_TAKE_S)
            media.set_taps("s", [])
            last = time.monotonic() + _PATIENCE_S
            while self._spoken and time.monotonic() < last:
                await asyncio.sleep(_TAKE_S)
        finally:
            media.stop()
            await pool.stop()
        return self

    def _take(self, pool: Pool, media: Media) -> None:
        now = time.monotonic()
        for voice in media.take_voices():
            heard = Heard(voice.index, voice.levels, voice.pcm, voice.ends, now - voice.age_ms / 1000)
            self._phrase, steps = hear(self._phrase, heard)
            for step in steps:
                self._step(pool, step)

    def _step(self, pool: Pool, step: Step) -> None:
        if isinstance(step, Begin):
            self._carrier = pool.begin()
        assert self._carrier is not None, "the recogniser is ready, and one voice is not too many"
        match step:
            case Feed(pcm):
                pool.hear(self._carrier, pcm)
            case End(spoken):
                self._spoken[self._carrier] = spoken
                pool.end(self._carrier)

    def _told(self, told: words.SoFar | words.Final) -> None:
        if isinstance(told, words.Final):
            self.texts.append(told.text)
            if told.phrase in self._spoken:
                self.delays.append(time.monotonic() - self._spoken.pop(told.phrase))
            self.sound_s += told.sound_s
            self.work_s += told.work_s

    def _lost(self, phrase: int) -> None:
        raise RuntimeError(f"phrase {phrase} was lost: the machine is too busy to measure")


async def _ready(pool: Pool) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while (phrase := pool.begin()) is None:
            await asyncio.sleep(_TAKE_S)
    pool.end(phrase)


def _words(text: str) -> list[str]:
    return re.sub(r"[^a-z' ]", " ", text.lower()).split()


def edits(said: Sequence[str], understood: Sequence[str]) -> int:
    """Words that were put in, left out or replaced (Levenshtein)."""
    row = list(range(len(understood) + 1))
    for at, word in enumerate(said, 1):
        before, row[0] = row[0], at
        for to, other in enumerate(understood, 1):
            before, row[to] = row[to], min(row[to] + 1, row[to - 1] + 1, before + (word != other))
    return row[-1]

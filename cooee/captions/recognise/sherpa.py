"""A recogniser with a model that the operator brings: sherpa-onnx, streaming transducers.

The folder holds `tokens.txt` and one file each whose name begins with `encoder`, `decoder` and `joiner`, as such models
are published; where there are several, the one with `int8` in its name is quicker and is taken.
"""

import array
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from cooee.captions.recognise.engines import RATE

_SILENCE = [0.0] * (RATE // 2)
"""What follows a phrase, so that its last word is worked off."""


class Sherpa:
    """Understands what its model does."""

    def __init__(self, model: Path) -> None:
        self._recogniser = _loaded(model)
        self._stream = self._recogniser.create_stream()

    def begin(self) -> None:
        self._stream = self._recogniser.create_stream()

    def hear(self, pcm: bytes) -> None:
        samples = array.array("h", pcm)
        self._take([sample / 32768 for sample in samples])

    def so_far(self) -> str:
        return str(self._recogniser.get_result(self._stream))

    def end(self) -> str:
        self._take(_SILENCE)
        self._stream.input_finished()
        self._work()
        return self.so_far()

    def _take(self, samples: list[float]) -> None:
        self._stream.accept_waveform(RATE, samples)
        self._work()

    def _work(self) -> None:
        while self._recogniser.is_ready(self._stream):
            self._recogniser.decode_stream(self._stream)


@cache
def _loaded(model: Path) -> Any:
    """The model, in memory once for all who talk at the same time: each has a stream of their own."""
    # Late: it is the operator's to install.
    return import_module("sherpa_onnx").OnlineRecognizer.from_transducer(
        tokens=str(model / "tokens.txt"),
        encoder=str(part_of(model, "encoder")),
        decoder=str(part_of(model, "decoder")),
        joiner=str(part_of(model, "joiner")),
        num_threads=1,
        sample_rate=RATE,
        feature_dim=80,
    )


def part_of(model: Path, name: str) -> Path:
    """The file of a model's part.

    Raises:
        FileNotFoundError: there is none.
    """
    found = sorted(model.glob(f"{name}*.onnx"), key=lambda path: ("int8" not in path.name, path.name))
    if not found:
        raise FileNotFoundError(f"no {name}*.onnx in {model}")
    return found[0]

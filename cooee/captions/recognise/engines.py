"""What a recogniser of speech is to us: a small interface, behind which any will do."""

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

from cooee.captions.recognise.belt import is_possible

RATE = 16_000
"""Samples per second of what it hears: mono, 16 bit, little-endian."""


class Recogniser(Protocol):
    """Understands one phrase at a time."""

    def begin(self) -> None:
        """A phrase begins; what was heard before is forgotten."""

    def hear(self, pcm: bytes) -> None:
        """It goes on."""

    def so_far(self) -> str:
        """What it seems to be until now; may change yet."""

    def end(self) -> str:
        """It is over: the words, in small letters or as the model writes them."""


def has_sphinx() -> bool:
    """Whether the built-in recogniser is installed."""
    return find_spec("pocketsphinx") is not None


def has_sherpa() -> bool:
    """Whether the package that runs the operator's own model is installed."""
    return find_spec("sherpa_onnx") is not None


def languages(model: Path | None, of_model: Iterable[str]) -> frozenset[str]:
    """What is understood here: nothing where there is no recogniser. `of_model` are those of the operator's own."""
    if not is_possible():
        return frozenset()
    if model is not None:
        return frozenset(language.lower() for language in of_model) if has_sherpa() and model.is_dir() else frozenset()
    return frozenset({"en"}) if has_sphinx() else frozenset()


def made(model: Path | None) -> Recogniser:
    """A recogniser: with `model`, a folder of a streaming transducer, sherpa-onnx; else the built-in one."""
    # Late: each loads its own library, and the node itself needs none of them.
    if model is None:
        from cooee.captions.recognise.sphinx import Sphinx

        return Sphinx()
    from cooee.captions.recognise.sherpa import Sherpa

    return Sherpa(model)

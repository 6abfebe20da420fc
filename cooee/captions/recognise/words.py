"""What the node and its recognisers say to each other: one line of JSON each, by pipes."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Begin:
    """To the recogniser: a phrase begins."""

    phrase: int


@dataclass(frozen=True, slots=True)
class Hear:
    """It goes on with what lies on the belt."""

    phrase: int
    place: int
    length: int


@dataclass(frozen=True, slots=True)
class End:
    """It is over."""

    phrase: int


@dataclass(frozen=True, slots=True)
class Ready:
    """From the recogniser: it has loaded its model."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What lies before `place` was taken from the belt."""

    place: int


@dataclass(frozen=True, slots=True)
class SoFar:
    """What a phrase seems to be."""

    phrase: int
    text: str


@dataclass(frozen=True, slots=True)
class Final:
    """What it was; how long the sound was, and how long the recogniser worked on it, in seconds."""

    phrase: int
    text: str
    sound_s: float
    work_s: float


@dataclass(frozen=True, slots=True)
class Refused:
    """Too many talk at once: this phrase is not recognised."""

    phrase: int


Order = Begin | Hear | End
Answer = Ready | Taken | SoFar | Final | Refused
_KINDS: dict[str, type[Order | Answer]] = {
    kind.__name__: kind for kind in (Begin, Hear, End, Ready, Taken, SoFar, Final, Refused)
}


def line(said: Order | Answer) -> bytes:
    """As it goes through a pipe."""
    return json.dumps({"kind": type(said).__name__, **asdict(said)}).encode() + b"\n"


def read(line: bytes) -> Order | Answer:
    """The other way round."""
    fields = json.loads(line)
    return _KINDS[fields.pop("kind")](**fields)

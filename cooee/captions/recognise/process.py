"""A process that recognises speech: `python -m cooee.captions.recognise.process FD [MODEL]`.

It reads orders from its input, voices from the shared memory `FD`, and writes answers to its output. Where it is
behind, it says no more what phrases seem to be, only what they were.
"""

import contextlib
import os
import queue
import resource
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from time import process_time

from cooee.captions.recognise.belt import Taker
from cooee.captions.recognise.engines import RATE, Recogniser, made
from cooee.captions.recognise.words import Answer as Said
from cooee.captions.recognise.words import Begin, End, Final, Hear, Order, Ready, Refused, SoFar, Taken, line, read

VOICES = 4
"""How many may talk at once; each needs a recogniser of its own."""
_SO_FAR_S = 0.4
"""Seconds of sound between two words about what a phrase seems to be."""
_BYTES_PER_S = 2 * RATE
_NICENESS = 10
MOST_BYTES = 4 * 1024**3
"""Of memory: more than large models need. What asks for more has run wild, and ends here rather than with the node."""


class Work:
    """What the process does with each order. Reads no clock but the one given, and waits for nobody."""

    def __init__(
        self, make: Callable[[], Recogniser], take: Callable[[int, int], bytes], clock: Callable[[], float]
    ) -> None:
        self._make = make
        self._take = take
        self._clock = clock
        self._idle: list[Recogniser] = []
        self._made = 0
        self._busy: dict[int, Recogniser] = {}
        self._sound: dict[int, int] = {}
        self._worked: dict[int, float] = {}
        self._told: dict[int, tuple[int, str]] = {}

    def warm_up(self) -> None:
        """Loads a model before anybody speaks."""
        self._idle.append(self._new())

    def obey(self, order: Order, *, behind: bool) -> list[Said]:
        """Answers of an order; `behind`: more of them wait already."""
        match order:
            case Begin(phrase):
                return self._begin(phrase)
            case Hear(phrase, place, length):
                return [*self._hear(phrase, place, length, behind=behind), Taken(place + length)]
            case End(phrase):
                return self._end(phrase)

    def _begin(self, phrase: int) -> list[Said]:
        if not self._idle and self._made == VOICES:
            return [Refused(phrase)]
        recogniser = self._idle.pop() if self._idle else self._new()
        recogniser.begin()
        self._busy[phrase] = recogniser
        self._sound[phrase], self._worked[phrase], self._told[phrase] = 0, 0.0, (0, "")
        return []

    def _hear(self, phrase: int, place: int, length: int, *, behind: bool) -> list[Said]:
        recogniser = self._busy.get(phrase)
        if recogniser is None:
            return []
        before = self._clock()
        recogniser.hear(self._take(place, length))
        self._sound[phrase] += length
        answers: list[Said] = []
        at, told = self._told[phrase]
        if not behind and self._sound[phrase] - at >= _SO_FAR_S * _BYTES_PER_S:
            text = recogniser.so_far()
            self._told[phrase] = (self._sound[phrase], text)
            if text != told:
                answers.append(SoFar(phrase, text))
        self._worked[phrase] += self._clock() - before
        return answers

    def _end(self, phrase: int) -> list[Said]:
        recogniser = self._busy.pop(phrase, None)
        if recogniser is None:
            return []
        before = self._clock()
        text = recogniser.end()
        self._idle.append(recogniser)
        sound, worked = self._sound.pop(phrase), self._worked.pop(phrase) + self._clock() - before
        del self._told[phrase]
        return [Final(phrase, text, sound / _BYTES_PER_S, worked)]

    def _new(self) -> Recogniser:
        self._made += 1
        return self._make()


def be_modest(most_bytes: int = MOST_BYTES) -> None:
    """Sound goes first: others are served before this process, and it is the first to go where memory is short."""
    os.nice(_NICENESS)
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = most_bytes if hard == resource.RLIM_INFINITY else min(most_bytes, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    # Not everywhere is there such a file, nor may everybody write it.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def main(fd: int, model: Path | None) -> None:
    """Works until its input ends."""
    be_modest()
    # Libraries may write what they like to the output that everybody knows: ours is a copy of it.
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    work = Work(lambda: made(model), Taker(fd).take, process_time)
    work.warm_up()
    out.write(line(Ready()))
    orders: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(orders,), daemon=True).start()
    while order := orders.get():
        for answer in work.obey(_order(order), behind=not orders.empty()):
            out.write(line(answer))


def _listen(orders: "queue.SimpleQueue[bytes]") -> None:
    for order in sys.stdin.buffer:
        orders.put(order)
    orders.put(b"")


def _order(given: bytes) -> Order:
    order = read(given)
    assert isinstance(order, Begin | Hear | End), "a node gives orders"
    return order


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)

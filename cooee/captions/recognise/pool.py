"""The recognisers' processes: started when somebody first wants captions, started again when they die."""

import asyncio
import contextlib
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from pathlib import Path

import structlog

from cooee.captions.recognise import words
from cooee.captions.recognise.belt import Belt

_BACKOFF_S = (1.0, 2.0, 5.0, 15.0, 60.0)
_SETTLED_S = 30.0
"""Whoever dies before that is started again later and later."""
_FAREWELL_S = 2.0
_SILENT_S = 30.0
"""Whoever has a voice and answers nothing for so long hangs: each piece of sound is answered, within moments."""
_LOADS_S = 120.0
"""A large model takes its time."""
_MOST_PIPE = 1024 * 1024
_log = structlog.get_logger(__name__)

Told = Callable[[words.SoFar | words.Final], None]
Lost = Callable[[int], None]


class Pool:
    """Some processes. Everything is done on the event loop, and nothing waits for a recogniser."""

    def __init__(self, workers: int, model: Path | None, told: Told, lost: Lost) -> None:
        """`told` is called with what was understood; `lost` with a phrase of which nothing more will be heard."""
        self._told = told
        self._lost = lost
        self._workers = [_Worker(model, self._answered, self._died) for _ in range(workers)]
        self._carries: dict[int, _Worker] = {}
        self._phrases = 0

    @property
    def restarts(self) -> int:
        """How often a process had to be started again."""
        return sum(worker.restarts for worker in self._workers)

    def start(self) -> None:
        """Has the processes run, if they do not yet."""
        for worker in self._workers:
            worker.start()

    async def stop(self) -> None:
        """Ends them."""
        await asyncio.gather(*(worker.stop() for worker in self._workers))

    def begin(self) -> int | None:
        """A phrase begins: its number, or None if no recogniser could take it."""
        able = [worker for worker in self._workers if worker.is_ready]
        if not able:
            return None
        worker = min(able, key=lambda worker: (worker.load, worker.waiting))
        self._phrases += 1
        worker.order(words.Begin(self._phrases))
        worker.load += 1
        self._carries[self._phrases] = worker
        return self._phrases

    def hear(self, phrase: int, pcm: bytes) -> None:
        """It goes on. If its recogniser is too far behind for that, it is lost."""
        worker = self._carries.get(phrase)
        if worker is None:
            return
        place = worker.belt.put(pcm)
        if place is None:
            worker.order(words.End(phrase))
            self._forget(phrase)
            self._lost(phrase)
            return
        worker.order(words.Hear(phrase, place, len(pcm)))

    def end(self, phrase: int) -> None:
        """It is over; what it was is told soon."""
        if worker := self._carries.get(phrase):
            worker.order(words.End(phrase))

    def _answered(self, answer: words.SoFar | words.Final | words.Refused) -> None:
        if answer.phrase not in self._carries:
            return
        match answer:
            case words.Refused(phrase):
                self._forget(phrase)
                self._lost(phrase)
            case words.Final(phrase):
                self._forget(phrase)
                self._told(answer)
            case words.SoFar():
                self._told(answer)

    def _died(self, worker: "_Worker") -> None:
        for phrase in [phrase for phrase, carrier in self._carries.items() if carrier is worker]:
            self._forget(phrase)
            self._lost(phrase)

    def _forget(self, phrase: int) -> None:
        self._carries.pop(phrase).load -= 1


class _Worker:
    """One process and its belt."""

    def __init__(
        self,
        model: Path | None,
        answered: Callable[[words.SoFar | words.Final | words.Refused], None],
        died: "Callable[[_Worker], None]",
    ) -> None:
        self.load = 0
        self.restarts = 0
        self.belt: Belt
        self._model = model
        self._answered = answered
        self._died = died
        self._process: Process | None = None
        self._running: asyncio.Task[None] | None = None
        self._owes_since: float | None = None
        self.is_ready = False

    @property
    def waiting(self) -> int:
        """Bytes of sound that it did not take yet."""
        return self.belt.waiting

    def start(self) -> None:
        if self._running is None:
            self._running = asyncio.create_task(self._run(), name="captions-worker")

    async def stop(self) -> None:
        if self._running is not None:
            self._running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._running
            self._running = None

    def order(self, order: words.Order) -> None:
        """Never waits: a process that does not read its orders is ended."""
        pipe = self._process.stdin if self._process else None
        if pipe is None or pipe.is_closing():
            return
        if pipe.transport.get_write_buffer_size() > _MOST_PIPE:
            _log.error("captions.worker_stuck")
            self._kill()
            return
        if self._owes_since is None:
            self._owes_since = asyncio.get_running_loop().time()
        pipe.write(words.line(order))

    async def _run(self) -> None:
        failures = 0
        while True:
            self.belt = Belt()
            well = False
            try:
                well = await self._live()
            except Exception:
                # It could not be started, or says what is no answer.
                _log.exception("captions.worker_failed")
            finally:
                self.is_ready = False
                self._died(self)
                self.belt.close()
            failures = 0 if well else failures + 1
            wait_s = _BACKOFF_S[min(failures, len(_BACKOFF_S) - 1)]
            _log.error("captions.worker_died", starts_again_in_s=wait_s)
            await asyncio.sleep(wait_s)
            self.restarts += 1

    async def _live(self) -> bool:
        """From its start to its end; whether it worked for a while."""
        fd = self.belt.fd
        command = [sys.executable, "-m", "cooee.captions.recognise.process", str(fd)]
        command += [str(self._model)] if self._model else []
        process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, pass_fds=[fd])
        self._process = process
        began = asyncio.get_running_loop().time()
        self._owes_since = None
        try:
            assert process.stdout is not None
            while said := await self._heard(process.stdout, began):
                match words.read(said):
                    case words.Ready():
                        self.is_ready = True
                    case words.Taken(place):
                        self.belt.taken(place)
                    case words.SoFar() | words.Final() | words.Refused() as answer:
                        self._answered(answer)
                    case unknown:
                        raise AssertionError(f"a recogniser does not say {unknown}")
                self._owes_since = asyncio.get_running_loop().time() if self.load else None
        finally:
            well = self.is_ready and asyncio.get_running_loop().time() - began > _SETTLED_S
            self.is_ready = False
            await _end(process)
            self._process = None
        return well

    async def _heard(self, pipe: asyncio.StreamReader, began: float) -> bytes:
        """What it says next; nothing when it is over, or hangs."""
        while True:
            try:
                async with asyncio.timeout(_SILENT_S / 2):
                    return await pipe.readline()
            except TimeoutError:
                if self._hangs(asyncio.get_running_loop().time(), began):
                    _log.error("captions.worker_hangs")
                    return b""

    def _hangs(self, now: float, began: float) -> bool:
        if not self.is_ready:
            return now - began > _LOADS_S
        return self._owes_since is not None and now - self._owes_since > _SILENT_S

    def _kill(self) -> None:
        if self._process and self._process.returncode is None:
            self._process.kill()


async def _end(process: Process) -> None:
    """Its input ends, and so does it; else it is ended."""
    if process.stdin:
        process.stdin.close()
    try:
        async with asyncio.timeout(_FAREWELL_S):
            await process.wait()
    except (TimeoutError, asyncio.CancelledError):
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()

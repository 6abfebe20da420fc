"""The media engine as the product uses it: typed events on the event loop, its log in ours, refusals with a code."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import structlog

from cooee.media import _core
from cooee.media._core import Answer, Engine, EngineError, Event

if TYPE_CHECKING:
    from cooee.media._core import LogLine, Voice

_POLL_MS = 250
_LEVELS = {"error": logging.ERROR, "warning": logging.WARNING, "info": logging.INFO}
# A checkout whose engine was compiled before it had a log runs all the same.
_take_logs: Callable[[], "list[LogLine]"] = getattr(_core, "take_logs", list)
_OURS = {"event", "level", "logger", "part", "said", "timestamp"}
_log = structlog.get_logger(__name__)

__all__ = [
    "Answer",
    "Engine",
    "EngineError",
    "Figures",
    "Happened",
    "ListenClosed",
    "Media",
    "MixFailed",
    "Presence",
    "Publication",
    "RecordingEnded",
    "SpeakClosed",
    "SpeakConnected",
]


@dataclass(frozen=True, slots=True)
class SpeakConnected:
    space: str
    participant: str
    session: str


@dataclass(frozen=True, slots=True)
class Figures:
    """How the sound of a session came through: to a listener, by its own reports, or from a speaker."""

    connected: bool = False
    lasted_ms: int = 0
    packets: int = 0
    lost: int = 0
    repaired: int = 0
    """Packets sent again to a listener, or asked for again from a speaker."""
    worst_loss_per_mille: int = 0
    worst_jitter_ms: int = 0


@dataclass(frozen=True, slots=True)
class SpeakClosed:
    """`reason`: left, replaced, timeout, closed, failed."""

    space: str
    participant: str
    session: str
    reason: str
    figures: Figures = Figures()


@dataclass(frozen=True, slots=True)
class ListenClosed:
    """As `SpeakClosed`."""

    space: str
    participant: str
    session: str
    reason: str
    figures: Figures = Figures()


@dataclass(frozen=True, slots=True)
class Presence:
    """Who came and went since the last one, and how many are there now, by any connection."""

    space: str
    joined: tuple[str, ...]
    left: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class MixFailed:
    """The Space has no mix any more, until it is opened at a higher epoch."""

    space: str


@dataclass(frozen=True, slots=True)
class RecordingEnded:
    """A recording has written all that it will. `reason`: stopped, disk_full, failed."""

    space: str
    folder: str
    reason: str


Happened = SpeakConnected | SpeakClosed | ListenClosed | Presence | MixFailed | RecordingEnded


@dataclass(frozen=True, slots=True)
class Publication:
    """One change of what an audience of a feed sees; `snapshot` and `frame` are JSON."""

    audience: str
    version: int
    prev: int
    snapshot: bytes
    frame: bytes


class Media:
    """This node's engine. Its calls are short and may be made from any thread."""

    def __init__(self, engine: Engine, node: str) -> None:
        self._engine = engine
        self.node = node
        self._polling = threading.Event()

    @property
    def edge_port(self) -> int:
        """The edge's port: the bound one, once started."""
        return self._engine.edge_port

    def start(self) -> None:
        """Binds the edge.

        Raises:
            EngineError: `address_in_use`, `address_unavailable`.
        """
        self._engine.start()

    def stop(self) -> None:
        """Closes every session and feed. Idempotent."""
        self._polling.clear()
        self._engine.stop()

    async def events(self) -> AsyncIterator[Happened]:
        """What happens, until cancelled or stopped. One reader at a time."""
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[list[Event] | None] = asyncio.Queue()
        self._polling.set()

        def poll() -> None:
            try:
                while self._polling.is_set():
                    if happened := self._engine.poll_events(_POLL_MS):
                        loop.call_soon_threadsafe(queue.put_nowait, happened)
                    pass_on(_take_logs())
                loop.call_soon_threadsafe(queue.put_nowait, None)
            except RuntimeError:
                # The loop was closed before the thread saw the stop.
                return

        thread = threading.Thread(target=poll, name="engine-events", daemon=True)
        thread.start()
        try:
            while (batch := await queue.get()) is not None:
                for event in _typed(batch):
                    yield event
        finally:
            self._polling.clear()

    def open_space(self, space: str, epoch: int) -> None:
        """This node carries the Space's stage at `epoch`."""
        self._engine.open_space(space, epoch)

    def close_space(self, space: str, reason: str) -> None:
        """Ends mix, sessions and feeds."""
        self._engine.close_space(space, reason)

    def set_stage(self, space: str, version: int, stage: list[tuple[str, int, bool]], access_epoch: int) -> None:
        """Who is on stage (participant, CSRC, whether their voice may pass), and from which epoch on grants count.

        Saying the same twice changes nothing; what is older than what was said before is ignored.
        """
        self._engine.set_stage(space, version, stage)
        self._engine.set_access_epoch(space, access_epoch)

    def set_audiences(self, space: str, participant: str, audiences: list[str]) -> None:
        """Has a participant whose feed does not carry exactly this join again."""
        self._engine.set_audiences(space, participant, audiences)

    def close_participant(self, space: str, participant: str, reason: Literal["removed", "left"]) -> int:
        """Closes all that a participant has open; how much that was."""
        return self._engine.close_participant(space, participant, reason)

    async def open_speak(
        self, space: str, participant: str, offer: str, access_epoch: int, replaces: str | None
    ) -> Answer:
        """Opens a speak session of somebody who was let in at this epoch.

        The session that it replaces closes once this one is connected.

        Raises:
            EngineError
        """
        return await asyncio.to_thread(self._engine.open_speak, space, participant, offer, access_epoch, replaces)

    async def open_listen(self, space: str, participant: str, offer: str, access_epoch: int) -> Answer:
        """Opens a listen session of somebody who was let in at this epoch.

        Raises:
            EngineError
        """
        return await asyncio.to_thread(self._engine.open_listen, space, participant, offer, access_epoch)

    async def restart_ice(self, space: str, session: str, fragment: str, if_match: str | None) -> Answer:
        """Gives a session new ICE credentials.

        Raises:
            EngineError
        """
        return await asyncio.to_thread(self._engine.restart_ice, space, session, fragment, if_match)

    def close_session(self, space: str, session: str) -> bool:
        """Ends a session; whether there was one."""
        return self._engine.close_session(space, session)

    def publish(self, topic: str, publications: Iterable[Publication]) -> None:
        """Tells audiences what changed."""
        for told in publications:
            self._engine.publish(topic, told.audience, told.version, told.prev, told.snapshot, told.frame)

    def publish_live(self, topic: str, audience: str, channel: str, data: bytes) -> None:
        """Tells an audience something of which only the latest counts."""
        self._engine.publish_live(topic, audience, channel, data)

    def react(self, space: str, participant: str, emoji: str) -> None:
        """Counts a reaction."""
        self._engine.react(space, participant, emoji)

    def add_voice(self, space: str, participant: str, path: str) -> None:
        """Plays a recording as the participant's voice, over and over.

        Raises:
            EngineError: `bad_voice`
        """
        self._engine.add_voice(space, participant, path)

    def set_taps(self, space: str, participants: list[str]) -> None:
        """Exactly these participants' voices are kept for `take_voices`, while they are on stage and talk."""
        self._engine.set_taps(space, participants)

    def take_voices(self) -> "list[Voice]":
        """The voices that wait: unbroken pieces, of all Spaces. What is not taken in time is dropped."""
        return self._engine.take_voices()

    def readers(self, space: str, channel: str) -> int:
        """How many readers of the Space's feed asked for an opt-in channel."""
        return self._engine.readers(space, channel)

    def start_recording(self, space: str, folder: str) -> None:
        """Records the Space into a folder that is not there yet, in place of a recording under way.

        Raises:
            EngineError
        """
        self._engine.start_recording(space, folder)

    def stop_recording(self, space: str) -> None:
        """Ends the recording, if there is one."""
        self._engine.stop_recording(space)

    def metrics(self) -> str:
        """The engine's figures, as Prometheus has them."""
        return self._engine.metrics()


def pass_on(lines: "Iterable[LogLine]") -> None:
    """Has our log say what the engine's code logged."""
    for line in lines:
        about = {name: value for name, value in line.fields if name not in _OURS}
        if line.unheard:
            about["unheard"] = str(line.unheard)
        _log.log(_LEVELS[line.level], "engine.log", said=line.said, part=line.part, **about)


def code_of(error: EngineError) -> str:
    """The stable code of what the engine could not do."""
    return str(error.args[0]) if error.args else "unknown"


def _typed(batch: Iterable[Event]) -> Iterable[Happened]:
    for event in batch:
        known = _event(event)
        if known is None:
            _log.warning("engine.unknown_event", kind=event.kind)
        else:
            yield known


def _event(event: Event) -> Happened | None:
    match event.kind:
        case "presence":
            return Presence(event.space, tuple(event.joined), tuple(event.left), event.count)
        case "mix_failed":
            return MixFailed(event.space)
        case "recording_ended":
            return RecordingEnded(event.space, event.folder or "", event.reason or "failed")
        case _:
            return _session_event(event)


def _session_event(event: Event) -> Happened | None:
    if event.participant is None or event.session is None:
        return None
    reason = event.reason or "closed"
    match event.kind:
        case "speak_connected":
            return SpeakConnected(event.space, event.participant, event.session)
        case "speak_closed":
            return SpeakClosed(event.space, event.participant, event.session, reason, _figures(event))
        case "listen_closed":
            return ListenClosed(event.space, event.participant, event.session, reason, _figures(event))
        case _:
            return None


def _figures(event: Event) -> Figures:
    # A checkout whose engine was compiled before it had figures runs all the same.
    told: Mapping[str, int] = getattr(event, "figures", {})
    if not told:
        return Figures()
    return Figures(bool(told["connected"]), **{name: count for name, count in told.items() if name != "connected"})

"""From voices to captions: who is heard, phrase by phrase, and what those read who switched captions on.

All of it is done on the event loop, which waits for no recogniser; the stage waits for none of it.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from cooee.captions import service
from cooee.captions.figures import CaptionFigures
from cooee.captions.phrases import LOST_S, Begin, End, Feed, Heard, Phrase, Step, hear, wait
from cooee.captions.recognise import words
from cooee.captions.recognise.pool import Pool
from cooee.captions.rules import understands, written
from cooee.captions.shapes import Line
from cooee.kit.web import Toolbox
from cooee.people.ids import PersonId
from cooee.spaces.live import Live
from cooee.spaces.state import Space, SpaceId
from cooee.spaces.telling import topic
from cooee.spaces.views import EVERYONE

CHANNEL = "captions"
_GATHER_S = 0.15
_LINES = 6
"""So many of the last lines go with each message, so that a reader who misses one misses no line."""
_FRESH = timedelta(seconds=20)
_LINGER_S = 10.0
"""Recognisers go on for so long after the last reader left: a page is loaded anew in less."""
_LAST_WORDS_S = 5.0
"""A replay waits for so long for the words of whoever spoke when the Space ended."""
_BROKEN_OFF_S = 0.3
"""So long after the last that was heard in a Space that is over, no more of it comes."""
_IDLE_S = 300.0
"""The processes end when nobody has wanted captions for so long."""
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Saying:
    """A phrase with a recogniser."""

    space: SpaceId
    person: PersonId
    at: datetime
    began: float
    recorded: bool
    text: str = ""
    spoken: float | None = None

    @property
    def lasted(self) -> timedelta:
        return timedelta(seconds=max(0.0, (self.spoken or self.began) - self.began))


@dataclass(slots=True)
class _Room:
    """What readers of one Space see."""

    language: str
    lines: deque[Line] = field(default_factory=lambda: deque(maxlen=_LINES))
    hearing: tuple[PersonId, ...] = ()
    wanted_at: float = 0.0
    recorded: bool = False
    over_at: float | None = None
    resting: bool = False
    stale: bool = False


class Captioner:
    """The captions of this node. There is one."""

    def __init__(
        self,
        live: Live,
        tools: Toolbox,
        figures: CaptionFigures,
        make: Callable[[Callable[[words.SoFar | words.Final], None], Callable[[int], None]], Pool],
        languages: frozenset[str],
        is_awaited: Callable[[Connection, SpaceId], bool],
    ) -> None:
        """`make(told, lost)` makes the pool; `languages` are those that it understands: none without captions.

        `is_awaited`: whether a replay of a Space that is over takes words yet.
        """
        self.languages = languages
        self.live = live
        self._is_awaited = is_awaited
        self._tools = tools
        self._figures = figures
        self._pool = make(self._told, self._lost)
        self._rooms: dict[SpaceId, _Room] = {}
        self._speaking: dict[tuple[SpaceId, PersonId], tuple[Phrase, int | None]] = {}
        self._said: dict[int, _Saying] = {}
        self._used_at = 0.0
        self._keeping: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        """Ends the recognisers, and waits for what they have told."""
        await self._pool.stop()
        await asyncio.gather(*self._keeping, return_exceptions=True)

    # Who is heard.

    async def follow(self) -> None:
        """Has the engine hand over exactly the voices that somebody reads, or records, and whose owners agreed."""
        if not self.languages:
            return
        here = {space.id: space for space in self.live.rooms.spaces()}
        for id in [id for id, room in self._rooms.items() if id not in here and not self._goes_on(id, room)]:
            del self._rooms[id]
        for space in here.values():
            if self._is_wanted(space):
                await self._hear(space)
            elif space.id in self._rooms:
                del self._rooms[space.id]
                self.live.media.set_taps(space.id, [])
        await self._rest_or_work()

    async def agreed(self, person: PersonId) -> None:
        """Somebody said yes or no: it counts from now on."""
        for id, room in self._rooms.items():
            if person in room.hearing:
                self._set(id, room, tuple(one for one in room.hearing if one != person))
        await self.follow()

    def is_finishing(self, id: SpaceId) -> bool:
        """Whether last words of a recorded Space that is over are on their way. For a few seconds at most."""
        self.listen()
        room = self._rooms.get(id)
        return room is not None and self.live.rooms.known(id) is None and self._goes_on(id, room)

    def _goes_on(self, id: SpaceId, room: _Room) -> bool:
        """Whether what was begun under REC is still written down, though the Space is over."""
        now = self._tools.clock.monotonic()
        if room.over_at is None:
            room.over_at = now
        is_said = any(saying.space == id and saying.recorded for saying in self._said.values())
        return is_said and now - room.over_at < _LAST_WORDS_S

    async def _rest_or_work(self) -> None:
        self._figures.restarts.set(self._pool.restarts)
        now = self._tools.clock.monotonic()
        if any(room.hearing for room in self._rooms.values()):
            self._used_at = now
            self._pool.start()
        elif now - self._used_at > _IDLE_S:
            await self._pool.stop()

    def _is_wanted(self, space: Space) -> bool:
        if not understands(self.languages, space.language):
            return False
        now = self._tools.clock.monotonic()
        room = self._rooms.get(space.id)
        if space.recording_since is not None or self.live.media.readers(space.id, CHANNEL):
            if room is None:
                room = self._rooms[space.id] = _Room(space.language)
            room.wanted_at = now
            room.recorded = space.recording_since is not None
            return True
        return room is not None and now - room.wanted_at < _LINGER_S

    async def _hear(self, space: Space) -> None:
        on_stage = service.on_stage(space)
        hearing = tuple(await self._tools.db.read(lambda tx: service.may_hear(tx, on_stage)))
        if room := self._rooms.get(space.id):
            self._set(space.id, room, hearing)

    def _set(self, id: SpaceId, room: _Room, hearing: tuple[PersonId, ...]) -> None:
        """Who is heard from now on; what the others were about to say is not told."""
        gone = set(room.hearing) - set(hearing)
        room.hearing = hearing
        self.live.media.set_taps(id, list(hearing))
        if gone and any(saying.space == id and saying.person in gone for saying in self._said.values()):
            self._tell(id)

    # What they say.

    def listen(self) -> None:
        """Takes the voices that wait; called ten times a second."""
        if not self._rooms and not self._speaking:
            return
        now = self._tools.clock.monotonic()
        for voice in self.live.media.take_voices():
            heard = Heard(voice.index, voice.levels, voice.pcm, voice.ends, now - voice.age_ms / 1000)
            self._go_on((SpaceId(voice.space), PersonId(voice.participant)), partial(hear, heard=heard))
        for who in list(self._speaking):
            lost_s = LOST_S if self.live.rooms.known(who[0]) else _BROKEN_OFF_S
            self._go_on(who, partial(wait, now=now, lost_s=lost_s))

    def _go_on(
        self, who: tuple[SpaceId, PersonId], work: Callable[[Phrase | None], tuple[Phrase | None, list[Step]]]
    ) -> None:
        phrase, carrier = self._speaking.pop(who, (None, None))
        phrase, steps = work(phrase)
        for step in steps:
            carrier = self._step(who, carrier, step)
        if phrase is not None:
            self._speaking[who] = (phrase, carrier)

    def _step(self, who: tuple[SpaceId, PersonId], carrier: int | None, step: Step) -> int | None:
        match step:
            case Begin(at=began):
                carrier = self._pool.begin()
                if carrier is None:
                    self._figures.lost.inc()
                else:
                    ago = timedelta(milliseconds=max(0, round((self._tools.clock.monotonic() - began) * 1000)))
                    at = self._tools.clock.now() - ago
                    self._said[carrier] = _Saying(*who, at, began, self._is_recorded(who[0], at))
                return carrier
            case Feed(pcm) if carrier is not None:
                self._pool.hear(carrier, pcm)
            case End(spoken) if carrier is not None:
                if saying := self._said.get(carrier):
                    saying.spoken = spoken
                    # What began under REC and went on after it is not for the replay.
                    saying.recorded = saying.recorded and self._is_recorded(saying.space, saying.at)
                self._pool.end(carrier)
        return carrier

    def _is_recorded(self, id: SpaceId, at: datetime) -> bool:
        if space := self.live.rooms.known(id):
            return space.recording_since is not None and at >= space.recording_since
        room = self._rooms.get(id)
        return room is not None and room.recorded

    # What was understood.

    def _told(self, told: words.SoFar | words.Final) -> None:
        saying = self._said.get(told.phrase)
        room = self._rooms.get(saying.space) if saying else None
        if saying is None or room is None or not (self._may_tell(saying, room) or self._may_keep(saying, room)):
            self._said.pop(told.phrase, None)
            if saying is not None and saying.text:
                self._tell(saying.space)
            return
        match told:
            case words.SoFar(text=text):
                saying.text = written(text, room.language)
                self._tell(saying.space)
            case words.Final():
                self._note(told)
                keeping = asyncio.create_task(self._keep(saying, told), name="captions-keep")
                self._keeping.add(keeping)
                keeping.add_done_callback(self._keeping.discard)

    def _may_tell(self, saying: _Saying, room: _Room) -> bool:
        """Whether they agree still, and no host has muted or removed them since the taps were set."""
        space = self.live.rooms.known(saying.space)
        return saying.person in room.hearing and space is not None and not service.is_silenced(space, saying.person)

    def _may_keep(self, saying: _Saying, room: _Room) -> bool:
        """Whether it was said under REC just before the end: for the replay alone."""
        over = self.live.rooms.known(saying.space) is None
        return over and saying.person in room.hearing and saying.recorded and self._goes_on(saying.space, room)

    def _lost(self, phrase: int) -> None:
        self._figures.lost.inc()
        saying = self._said.pop(phrase, None)
        if saying and saying.text:
            self._tell(saying.space)

    def _note(self, final: words.Final) -> None:
        self._figures.sound.inc(final.sound_s)
        self._figures.work.inc(final.work_s)
        if final.sound_s:
            self._figures.real_time_factor.observe(final.work_s / final.sound_s)

    async def _keep(self, saying: _Saying, final: words.Final) -> None:
        """What was not stored is never shown."""
        try:
            line = await self._tools.db.write(
                lambda tx: service.write_down(
                    tx,
                    self.live.house,
                    saying.space,
                    saying.person,
                    final.text,
                    saying.at,
                    saying.lasted,
                    recorded=saying.recorded,
                    is_awaited=self._is_awaited,
                )
            )
        except Exception:
            _log.exception("captions.not_kept", space=saying.space)
            line = None
        finally:
            self._said.pop(final.phrase, None)
        room = self._rooms.get(saying.space)
        if room is None:
            return
        if line is not None:
            room.lines.append(line)
        self._tell(saying.space)
        if line is not None and saying.spoken is not None:
            self._figures.delay.observe(max(0.0, self._tools.clock.monotonic() - saying.spoken))

    # What is read.

    def _tell(self, id: SpaceId) -> None:
        """At once; what follows is gathered. When a Space is over, nobody is told any more."""
        room = self._rooms.get(id)
        if room is None or self.live.rooms.known(id) is None:
            return
        if room.resting:
            room.stale = True
            return
        room.resting, room.stale = True, False
        self.live.media.publish_live(topic(id), EVERYONE, CHANNEL, self._message(id, room))
        asyncio.get_running_loop().call_later(_GATHER_S, self._rested, id)

    def _rested(self, id: SpaceId) -> None:
        if room := self._rooms.get(id):
            room.resting = False
            if room.stale:
                self._tell(id)

    def _message(self, id: SpaceId, room: _Room) -> bytes:
        since = self._tools.clock.now() - _FRESH
        lines = [line.model_dump(mode="json") for line in room.lines if line.at > since]
        here = [saying for saying in self._said.values() if saying.space == id and saying.text]
        going_on = [saying for saying in here if self._may_tell(saying, room)]
        message = {
            "lines": lines,
            "interim": [{"person": saying.person, "text": saying.text} for saying in going_on],
        }
        return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()

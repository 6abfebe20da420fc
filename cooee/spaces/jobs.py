"""What goes on by itself while a node runs: the engine's events, the passing of time, hints to clients."""

import asyncio
from collections.abc import Mapping

import structlog

from cooee.kit.outbox import Job
from cooee.kit.rounds import rounds
from cooee.kit.worker import Handler, Outside
from cooee.media.engine import (
    Happened,
    ListenClosed,
    Media,
    MixFailed,
    Presence,
    RecordingEnded,
    SpeakClosed,
    SpeakConnected,
)
from cooee.people import facts
from cooee.people.ids import PersonId
from cooee.spaces.crowd import streamed
from cooee.spaces.facts import PASSED_ON
from cooee.spaces.heard import Sound
from cooee.spaces.live import Live
from cooee.spaces.parting import go, keep_apart, part
from cooee.spaces.rules import presence, streams
from cooee.spaces.state import SpaceId

_TICK_S = 1.0
_HINT_S = 2.0
_log = structlog.get_logger(__name__)


def handlers(live: Live) -> Mapping[str, Handler]:
    """What is heard from the domains below, by topic."""

    async def blocked(job: Job) -> None:
        await part(live, PersonId(job.payload["by"]), PersonId(job.payload["blocked"]))

    async def left(job: Job) -> None:
        await go(live, PersonId(job.payload["person"]))

    async def passed_on(job: Job) -> None:
        await keep_apart(live, SpaceId(job.payload["space"]))

    return {facts.BLOCKED: Outside(blocked), facts.LEFT: Outside(left), PASSED_ON: Outside(passed_on)}


async def run(live: Live) -> None:
    """Runs until cancelled."""
    async with asyncio.TaskGroup() as group:
        group.create_task(_hear(live, live.media), name="spaces-events")
        group.create_task(rounds(live.rooms.tick, _TICK_S), name="spaces-tick")
        group.create_task(rounds(live.rooms.hint, _HINT_S), name="spaces-hint")


async def _hear(live: Live, media: Media) -> None:
    async for happened in media.events():
        try:
            await heard(live, happened)
        except Exception:
            _log.exception("space.event_failed", space=happened.space)


async def heard(live: Live, happened: Happened) -> None:
    """Acts on one event of the engine."""
    if isinstance(happened, SpeakClosed | ListenClosed):
        live.rooms.closed(SpaceId(happened.space), happened.participant, happened.session)
    await _acted(live, happened)


async def _acted(live: Live, happened: Happened) -> None:
    space = SpaceId(happened.space)
    match happened:
        case SpeakConnected() if owner := streamed(happened.participant):
            await live.rooms.observe(space, streams.StreamConnected(owner, happened.session))
        case SpeakClosed(reason=reason) if reason != "replaced" and (owner := streamed(happened.participant)):
            live.rooms.attendance.sounded(space, owner, Sound.of("speak", happened))
            await live.rooms.observe(space, streams.StreamClosed(owner, happened.session))
        case SpeakConnected():
            person = PersonId(happened.participant)
            await live.rooms.observe(space, presence.SpeakConnected(person, happened.session))
        case SpeakClosed(reason="replaced"):
            live.rooms.attendance.sounded(
                space, streamed(happened.participant) or happened.participant, Sound.of("speak", happened)
            )
            _log.debug("space.speak_replaced", space=space)
        case SpeakClosed():
            live.rooms.attendance.sounded(space, happened.participant, Sound.of("speak", happened))
            person = PersonId(happened.participant)
            await live.rooms.observe(space, presence.SpeakClosed(person, happened.session))
        case Presence():
            live.rooms.crowd_moved(space, happened.joined, happened.left)
        case MixFailed():
            _log.error("space.mix_failed", space=space)
            await live.rooms.mix_failed(space)
        case RecordingEnded():
            _log.info("space.recording_ended", space=space, reason=happened.reason)
            await live.rooms.recording_ended(space, happened.folder)
        case ListenClosed():
            live.rooms.attendance.sounded(space, happened.participant, Sound.of("listen", happened))
            _log.debug("space.listen_closed", space=space, reason=happened.reason)

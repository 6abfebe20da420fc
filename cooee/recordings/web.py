"""The routes of replays and clips."""

import asyncio
import re
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response, status
from fastapi import Path as InPath
from sqlalchemy import Connection

from cooee.kit import ranges
from cooee.kit.errors import ForeignOrigin, InvalidRequest, NotFound, TooManyRequests, Unauthenticated
from cooee.kit.ids import TEXT_PATTERN
from cooee.kit.problems import refusals
from cooee.kit.web import Toolbox, Tools
from cooee.media._core import cut_recording
from cooee.media.engine import EngineError
from cooee.people import pictures
from cooee.people import service as people
from cooee.people.errors import BlockedByThem, PersonNotFound, YouBlockedThem
from cooee.people.ids import PersonId, PersonInPath
from cooee.people.session import MaybeSignedIn
from cooee.recordings import card, feed, rules, service, shapes, store, vtt
from cooee.recordings.errors import ClipNotFound, ClipOutside, ReplayNotFound, ReplayNotReady
from cooee.recordings.wiring import Recordings, Wiring
from cooee.spaces.errors import (
    AccessNotYet,
    GuestsOff,
    HostOnly,
    RemovedFromSpace,
    SpaceNotFound,
    TicketNeeded,
    WordsRefused,
)
from cooee.spaces.house import Actor
from cooee.spaces.web.asking import Acting, SpaceInPath, acting
from cooee.spaces.wiring import Spaces

router = APIRouter(tags=["recordings"])
_NOTHING = status.HTTP_204_NO_CONTENT
_TYPE = "audio/ogg"
_HEARD = (
    AccessNotYet,
    BlockedByThem,
    GuestsOff,
    RemovedFromSpace,
    ReplayNotFound,
    ReplayNotReady,
    SpaceNotFound,
    TicketNeeded,
    Unauthenticated,
    YouBlockedThem,
)
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "Ogg Opus", "content": {_TYPE: {"schema": {"type": "string", "format": "binary"}}}},
    206: {"description": "The part that `Range` asks for"},
    416: {"description": "`Range` lies outside"},
}
_TEXT: dict[int | str, dict[str, Any]] = {
    200: {"description": "WebVTT", "content": {vtt.MEDIA_TYPE: {"schema": {"type": "string"}}}}
}
_CARD: dict[int | str, dict[str, Any]] = {
    200: {"description": "A picture", "content": {card.MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
}
_XML: dict[int | str, dict[str, Any]] = {
    200: {"description": "RSS 2.0", "content": {feed.MEDIA_TYPE: {"schema": {"type": "string"}}}}
}
Download = Annotated[bool, Query(description="Answer as a file to be kept")]
Wait = Annotated[bool, Query(description="Answer when it is made, if it is being made; after 20 s at the latest")]
ClipInPath = Annotated[str, InPath(description="The clip's id")]


@router.get("/spaces/{id}/replay", responses=refusals(*_HEARD))
async def read_replay(
    id: SpaceInPath, me: MaybeSignedIn, tools: Tools, recordings: Recordings, wait: Wait = False
) -> shapes.Replay:
    """The replay of a Space: for those who may come into it. Its audio is Ogg Opus."""

    def work(tx: Connection) -> shapes.Replay:
        return service.replay(tx, recordings.archive, id, _actor(me))

    try:
        return await tools.db.read(work)
    except ReplayNotReady:
        if not wait:
            raise
    await recordings.waiting.until_made(id)
    return await tools.db.read(work)


@router.delete(
    "/spaces/{id}/replay",
    status_code=_NOTHING,
    responses=refusals(AccessNotYet, ForeignOrigin, HostOnly, ReplayNotFound, SpaceNotFound, Unauthenticated),
)
async def delete_replay(id: SpaceInPath, me: Acting, tools: Tools, recordings: Recordings) -> None:
    """Delete all that was recorded, clips and files included, at once: for the host."""
    now = tools.clock.now()
    await tools.db.write(lambda tx: service.delete_by(tx, recordings.archive, id, me, now))


@router.get("/spaces/{id}/replay/audio", response_class=Response, responses={**refusals(*_HEARD, NotFound), **_FILE})
@router.head("/spaces/{id}/replay/audio", include_in_schema=False)
async def read_replay_audio(
    id: SpaceInPath,
    request: Request,
    me: MaybeSignedIn,
    tools: Tools,
    recordings: Recordings,
    download: Download = False,
) -> Response:
    """What is heard: the mix. Players may ask for parts (`Range`)."""
    space, found = await tools.db.read(lambda tx: service.playable(tx, recordings.archive, id, _actor(me)))
    return await _file(tools, found.key, request, space.title if download else None)


@router.get("/spaces/{id}/replay/captions", response_class=Response, responses={**refusals(*_HEARD), **_TEXT})
async def read_replay_captions(
    id: SpaceInPath, me: MaybeSignedIn, tools: Tools, recordings: Recordings, download: Download = False
) -> Response:
    """What was said under REC by those who agreed to captions, with their names: WebVTT, in the time of the replay."""
    space, text = await tools.db.read(lambda tx: service.written(tx, recordings.archive, id, _actor(me)))
    return Response(text, media_type=vtt.MEDIA_TYPE, headers=_kept_as(space.title if download else None, "vtt"))


@router.get(
    "/spaces/{id}/replay/tracks/{user_id}",
    response_class=Response,
    responses={**refusals(*_HEARD, HostOnly, NotFound), **_FILE},
)
async def read_replay_track(
    id: SpaceInPath, user_id: str, request: Request, me: Acting, tools: Tools, recordings: Recordings
) -> Response:
    """One speaker by themselves, in the time of the whole: for the host."""
    person = PersonId(user_id)
    key = await tools.db.read(lambda tx: service.track(tx, recordings.archive, id, me, person))
    return await _file(tools, key, request, user_id)


@router.post(
    "/spaces/{id}/clips",
    status_code=status.HTTP_201_CREATED,
    responses=refusals(*_HEARD, ClipOutside, ForeignOrigin, InvalidRequest, TooManyRequests, WordsRefused),
)
async def make_clip(
    id: SpaceInPath, asked: shapes.MakeClip, me: Acting, tools: Tools, recordings: Recordings, spaces: Spaces
) -> shapes.Clip:
    """Cut a piece of at most a minute out of a replay. It begins and ends within 20 ms of what was asked for."""
    title = spaces.allowed(asked.title) or ""
    _, found = await tools.db.read(lambda tx: service.playable(tx, recordings.archive, id, me))
    await tools.attempt(recordings.clip_limit, "clip", me.person)
    name = tools.ids.text()
    now = tools.clock.now()
    await tools.db.write(lambda tx: service.drop_unless_added(tx, id, store.clip_key(name), now))
    duration_ms, peaks = await asyncio.to_thread(_cut, tools, recordings, found, name, asked)
    clip = store.Clip(name, id, me.person, title, asked.start_ms, duration_ms, now, peaks)
    try:
        return await tools.db.write(lambda tx: service.add_clip(tx, recordings.archive, clip, me))
    except Exception:
        await asyncio.to_thread(tools.blobs.delete, clip.key)
        raise


@router.get("/clips/{clip_id}", responses=refusals(*_HEARD, ClipNotFound))
async def read_clip(clip_id: ClipInPath, me: MaybeSignedIn, tools: Tools, recordings: Recordings) -> shapes.Clip:
    """A clip: for those who may hear the replay."""
    return await _clip(clip_id, _actor(me), tools, recordings)


@router.delete(
    "/clips/{clip_id}",
    status_code=_NOTHING,
    responses=refusals(ClipNotFound, ForeignOrigin, HostOnly, Unauthenticated),
)
async def delete_clip(clip_id: ClipInPath, me: Acting, tools: Tools) -> None:
    """Delete a clip: for whoever cut it, and for the host."""
    now = tools.clock.now()
    await tools.db.write(lambda tx: service.delete_clip(tx, clip_id, me, now))


@router.get(
    "/clips/{clip_id}/audio", response_class=Response, responses={**refusals(*_HEARD, ClipNotFound, NotFound), **_FILE}
)
@router.head("/clips/{clip_id}/audio", include_in_schema=False)
async def read_clip_audio(
    clip_id: ClipInPath,
    request: Request,
    me: MaybeSignedIn,
    tools: Tools,
    recordings: Recordings,
    download: Download = False,
) -> Response:
    """What is heard of it."""
    clip = await _clip(clip_id, _actor(me), tools, recordings)
    return await _file(tools, store.clip_key(clip.id), request, clip.title if download else None)


@router.get(
    "/clips/{clip_id}/card.png", response_class=Response, responses={**refusals(*_HEARD, ClipNotFound), **_CARD}
)
async def read_clip_card(clip_id: ClipInPath, me: MaybeSignedIn, tools: Tools, recordings: Recordings) -> Response:
    """What other sites show beside its link: who, what, and which part of the replay it is."""
    if not re.fullmatch(TEXT_PATTERN, clip_id):
        raise ClipNotFound
    archive, site = recordings.archive, recordings.site_name
    found, face = await tools.db.read(lambda tx: service.carded(tx, archive, clip_id, _actor(me), site))

    def draw() -> bytes:
        picture = tools.blobs.read(pictures.blob_key(face.rpartition("/")[2])) if face else None
        return card.drawn(replace(found, face=picture))

    return Response(await asyncio.to_thread(draw), media_type=card.MEDIA_TYPE, headers=_kept_as(None, "png"))


@router.get(
    "/people/{id}/replays.rss",
    response_class=Response,
    responses={**refusals(InvalidRequest, PersonNotFound), **_XML},
)
async def read_podcast(id: PersonInPath, tools: Tools, recordings: Recordings) -> Response:
    """Somebody's public replays as a podcast feed."""
    archive, site = recordings.archive, recordings.site_url

    def work(tx: Connection) -> bytes:
        people.person_by_id(tx, id)
        host = people.persons(tx, {id}, archive.house.asks)[id]
        address = f"{site}/api/v1/people/{id}/replays.rss"
        replays = service.feed_of(tx, archive, id, feed.MOST)
        captioned = {space.id for space, _ in replays if store.has_cues(tx, space.id)}
        return feed.rss(host, replays, captioned, site, address)

    return Response(await tools.db.read(work), media_type=feed.MEDIA_TYPE)


async def _clip(id: str, actor: Actor | None, tools: Toolbox, recordings: Wiring) -> shapes.Clip:
    if not re.fullmatch(TEXT_PATTERN, id):
        raise ClipNotFound
    return await tools.db.read(lambda tx: service.clip(tx, recordings.archive, id, actor))


def _actor(me: MaybeSignedIn) -> Actor | None:
    return acting(me) if me else None


def _cut(
    tools: Toolbox, recordings: Wiring, found: store.Recording, name: str, asked: shapes.MakeClip
) -> tuple[int, tuple[int, ...]]:
    """Cuts the clip's file and keeps it; how long it is, and its shape.

    Raises:
        ReplayNotFound, ClipOutside
    """
    recordings.workshop.mkdir(parents=True, exist_ok=True)
    draft: Path = recordings.workshop / f"{name}.ogg"
    try:
        with tools.blobs.local(found.key) as whole:
            if whole is None:
                raise ReplayNotFound
            try:
                duration_ms = cut_recording(str(whole), str(draft), asked.start_ms, asked.length_ms)
            except EngineError:
                raise ClipOutside from None
        peaks = _peaks(tools, found, asked.start_ms, duration_ms)
        tools.blobs.put_file(store.clip_key(name), draft)
    finally:
        draft.unlink(missing_ok=True)
    return duration_ms, peaks


def _peaks(tools: Toolbox, found: store.Recording, start_ms: int, duration_ms: int) -> tuple[int, ...]:
    """The shape of a piece of a replay; none where nobody kept how loud it is."""
    if tools.blobs.size(found.levels_key) is None:
        return ()
    first, count = rules.levels_of(start_ms, duration_ms)
    levels = b"".join(tools.blobs.part(found.levels_key, first, count))
    return tuple(rules.peaks(levels, rules.CLIP_PEAKS))


async def _file(tools: Toolbox, key: str, request: Request, name: str | None) -> Response:
    return await ranges.answer(tools.blobs, key, request, _TYPE, _kept_as(name, "ogg"))


def _kept_as(name: str | None, ending: str) -> dict[str, str]:
    """Headers of an answer that is heard or read in the page; with a name, kept as a file."""
    headers = {"cache-control": "private, no-cache"}
    if name is not None:
        headers["content-disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}.{ending}"
    return headers

"""WHIP (RFC 9725) to speak and WHEP to listen: offers in, answers out. The media themselves go to the edge."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response, status
from fastapi.routing import APIRoute

from cooee.kit import problems
from cooee.kit.errors import BodyTooLarge, GrantExpired, Refusal, TooManyRequests, Unavailable, UnsupportedMediaType
from cooee.kit.problems import refusals
from cooee.kit.web import Tools, read_body
from cooee.media.engine import Answer, EngineError, code_of
from cooee.people.session import MaybeSignedIn
from cooee.spaces.errors import NotOnStage, SpaceLocked, SpaceNotFound, StageFull
from cooee.spaces.web.asking import ANY, SpaceInPath
from cooee.spaces.web.entry import Caller, MaybeSpeaking, let_in_to_listen, stream_key, who_speaks, who_streams
from cooee.spaces.web.errors import (
    BadOffer,
    EtagMismatch,
    Overloaded,
    SdpMalformed,
    SdpNoAudio,
    SdpNoFingerprint,
    SdpNoOpus,
    SdpNoRtcpMux,
    SdpPassive,
    SessionNotFound,
    SessionReplaced,
)
from cooee.spaces.wiring import Spaces, Wiring

_SDP = "application/sdp"
_FRAGMENT = "application/trickle-ice-sdpfrag"
_MOST_BYTES = 64 * 1024

_CORS = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "POST, PATCH, DELETE, OPTIONS",
    "access-control-allow-headers": "Authorization, Content-Type, If-Match",
    "access-control-expose-headers": "Location, ETag, Link",
    "access-control-max-age": "86400",
}
_OFFERS: tuple[type[Refusal], ...] = (SdpMalformed, SdpNoAudio, SdpNoFingerprint, SdpNoOpus, SdpNoRtcpMux, SdpPassive)
_BODIES = (BodyTooLarge, UnsupportedMediaType)
_BUSY = (Overloaded, TooManyRequests, Unavailable)
_BY_CODE: dict[str, type[Refusal]] = {
    **{refusal.code: refusal for refusal in _OFFERS},
    "space_unknown": SpaceNotFound,
    "session_unknown": SessionNotFound,
    "session_replaced": SessionReplaced,
    "access_expired": GrantExpired,
    "etag_mismatch": EtagMismatch,
    "overloaded": Overloaded,
    "stopped": Unavailable,
}


class _Door(APIRoute):
    """Lets pages of any site read the answers, refusals too: players and tools run elsewhere, without our cookie."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_for_all(request: Request) -> Response:
            try:
                response = await handle(request)
            except Refusal as refusal:
                response = problems.answer(refusal)
            response.headers.update(_CORS)
            return response

        return handle_for_all


router = APIRouter(tags=["sound"], route_class=_Door)

GrantInQuery = Annotated[str | None, Query(max_length=4096, description="From the Door; else a bearer token")]
ReplacesInQuery = Annotated[
    str | None, Query(max_length=200, description="`{node}.{session}` of one's session that this one takes over from")
]
IfMatch = Annotated[str | None, Header(max_length=200)]


def _takes(media_type: str) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {media_type: {"schema": {"type": "string"}}}}}


def _gives(code: int, media_type: str) -> dict[int | str, dict[str, Any]]:
    return {code: {"description": "The answer", "content": {media_type: {"schema": {"type": "string"}}}}}


@router.post(
    "/whip/{id}",
    status_code=status.HTTP_201_CREATED,
    response_class=Response,
    openapi_extra=_takes(_SDP),
    responses=_gives(201, _SDP) | refusals(*ANY, *_OFFERS, *_BODIES, *_BUSY, NotOnStage, SpaceLocked, StageFull),
)
async def speak(
    id: SpaceInPath,
    request: Request,
    me: MaybeSpeaking,
    tools: Tools,
    spaces: Spaces,
    grant: GrantInQuery = None,
    replaces: ReplacesInQuery = None,
) -> Response:
    """Open a speak session, muted. A stream key as bearer token opens that of a program, which speaks for its owner."""
    offer = await _body(request, _SDP)
    if key := stream_key(request):
        owner = await who_streams(request, key, id, tools, spaces)
        return _created("whip", id, await _engine(spaces.live.stream(owner, id, offer)), spaces)
    actor, device = await who_speaks(Caller(request, me, grant), id, tools, spaces)
    replaced = _own_session(spaces, replaces) if replaces else None
    answer = await _engine(spaces.live.speak(actor, id, offer, replaced))
    spaces.live.rooms.opened(id, actor.person, answer.session, device)
    return _created("whip", id, answer, spaces)


@router.post(
    "/whep/{id}",
    status_code=status.HTTP_201_CREATED,
    response_class=Response,
    openapi_extra=_takes(_SDP),
    responses=_gives(201, _SDP) | refusals(*ANY, *_OFFERS, *_BODIES, *_BUSY, SpaceLocked),
)
async def listen(
    id: SpaceInPath, request: Request, me: MaybeSignedIn, tools: Tools, spaces: Spaces, grant: GrantInQuery = None
) -> Response:
    """Open a listen session."""
    offer = await _body(request, _SDP)
    one = await let_in_to_listen(Caller(request, me, grant), id, tools, spaces)
    answer = await _engine(spaces.live.media.open_listen(id, one.participant, offer, one.epoch))
    spaces.live.rooms.opened(id, one.participant, answer.session, one.device)
    return _created("whep", id, answer, spaces)


@router.patch(
    "/whip/{id}/{resource}",
    response_class=Response,
    openapi_extra=_takes(_FRAGMENT),
    responses=_gives(200, _FRAGMENT)
    | refusals(*_BODIES, EtagMismatch, SdpMalformed, SessionNotFound, SessionReplaced, SpaceNotFound),
)
async def restart(
    id: SpaceInPath, resource: str, request: Request, spaces: Spaces, if_match: IfMatch = None
) -> Response:
    """Restart ICE, as after a change of network. Whoever knows the session's address owns it."""
    fragment = await _body(request, _FRAGMENT)
    session = _own_session(spaces, resource)
    if session is None:
        raise SessionNotFound
    answer = await _engine(spaces.live.media.restart_ice(id, session, fragment, if_match))
    if not answer.sdp:
        return Response(status_code=status.HTTP_204_NO_CONTENT)
    return Response(answer.sdp, media_type=_FRAGMENT, headers={"ETag": answer.etag})


router.patch(
    "/whep/{id}/{resource}", response_class=Response, openapi_extra=_takes(_FRAGMENT), include_in_schema=False
)(restart)


@router.delete("/whip/{id}/{resource}", response_class=Response, responses=refusals(SessionNotFound, SpaceNotFound))
async def hang_up(id: SpaceInPath, resource: str, spaces: Spaces) -> Response:
    """End a session."""
    session = _own_session(spaces, resource)
    if session is None or not spaces.live.media.close_session(id, session):
        raise SessionNotFound
    return Response(status_code=status.HTTP_200_OK)


router.delete("/whep/{id}/{resource}", response_class=Response, include_in_schema=False)(hang_up)


@router.options("/whip/{id}", include_in_schema=False)
@router.options("/whep/{id}", include_in_schema=False)
@router.options("/whip/{id}/{resource}", include_in_schema=False)
@router.options("/whep/{id}/{resource}", include_in_schema=False)
async def say_what_is_taken() -> Response:
    """For other sites' pages (CORS), and for clients that look before they post (RFC 9725 §4.2)."""
    return Response(status_code=status.HTTP_204_NO_CONTENT, headers={"Accept-Post": _SDP})


async def _body(request: Request, media_type: str) -> str:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != media_type:
        raise UnsupportedMediaType(f"Send {media_type}.")
    body = await read_body(request, _MOST_BYTES)
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise SdpMalformed("It is not UTF-8.") from None


async def _engine(answer: Awaitable[Answer]) -> Answer:
    """The engine's answer, or what it refuses as the refusal that people are told."""
    try:
        return await answer
    except EngineError as error:
        refusal = _BY_CODE.get(code_of(error))
        if refusal is None:
            raise
        if issubclass(refusal, BadOffer) and len(error.args) > 1:
            raise refusal(str(error.args[1])) from None
        raise refusal from None


def _created(door: str, id: str, answer: Answer, wiring: Wiring) -> Response:
    headers = {"Location": f"/{door}/{id}/{wiring.live.media.node}.{answer.session}", "ETag": answer.etag}
    if wiring.stun_urls:
        headers["Link"] = ", ".join(f'<{url}>; rel="ice-server"' for url in wiring.stun_urls)
    return Response(answer.sdp, status.HTTP_201_CREATED, headers, _SDP)


def _own_session(wiring: Wiring, resource: str) -> str | None:
    """The session of `{node}.{session}`, if the node is this one."""
    node, _, session = resource.partition(".")
    return session if node == wiring.live.media.node and session else None
